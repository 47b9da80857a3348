/** Listens to the keyboard for the whole window. */
import { useEffect } from 'react';
import { useApp } from '../app/app-context.ts';
import { commandContext } from '../state/window-state.ts';
import { giveFocusBack } from './give-focus-back.ts';
import { dispatchKey, HeldKey, type KeyTarget, takesKey } from './key-dispatcher.ts';
import { spaceKey } from './space-key.ts';

export const useShortcuts = (): void => {
  const app = useApp();
  useEffect(() => {
    const held = new HeldKey();
    const target: KeyTarget = {
      held,
      context: () => commandContext(app.store.getState()),
      isDialogOpen: () => app.store.getState().dialog !== null,
      overrides: () => app.store.getState().prefs.keys,
      run: (id, chord) => app.run(id, chord),
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      const element = event.target instanceof HTMLElement ? event.target : null;
      const isPlainSpace = event.code === 'Space' && !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
      if (isPlainSpace && !target.isDialogOpen() && !takesKey(element, event.code) && !element?.role?.startsWith('menu')) {
        event.preventDefault();
        spaceKey.down();
        return;
      }
      if (dispatchKey(event, element, target)) event.preventDefault();
    };
    const onKeyUp = (event: KeyboardEvent): void => {
      const again = held.up(event.code);
      if (again) app.run(again.id, again.chord);
      if (event.code !== 'Space') return;
      const element = event.target instanceof HTMLElement ? event.target : null;
      if (!takesKey(element, event.code)) event.preventDefault();
      if (spaceKey.up()) app.run('playback.toggle', 'Space');
    };
    const onBlur = (): void => void spaceKey.up();
    const stopGivingBack = giveFocusBack();
    window.addEventListener('keydown', onKeyDown);
    window.addEventListener('keyup', onKeyUp);
    window.addEventListener('blur', onBlur);
    return () => {
      stopGivingBack();
      window.removeEventListener('keydown', onKeyDown);
      window.removeEventListener('keyup', onKeyUp);
      window.removeEventListener('blur', onBlur);
    };
  }, [app]);
};
