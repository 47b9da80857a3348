/** What the desktop shell keeps between runs, in electron-store. A damaged file is set aside by it, not fatal. */
import Store from 'electron-store';
import { defaultBounds, type WindowBounds } from './window-options.ts';

interface KeptShell {
  windowBounds: WindowBounds;
}

export interface ShellSettings {
  readonly windowBounds: WindowBounds;
  setWindowBounds(bounds: WindowBounds): void;
}

export const openSettings = (): ShellSettings => {
  const store = new Store<KeptShell>({
    name: 'shell',
    defaults: { windowBounds: defaultBounds },
    clearInvalidConfig: true,
    schema: {
      windowBounds: {
        type: 'object',
        properties: {
          width: { type: 'number', minimum: 400, maximum: 20000 },
          height: { type: 'number', minimum: 300, maximum: 20000 },
          x: { type: 'number' },
          y: { type: 'number' },
          isMaximized: { type: 'boolean' },
        },
        required: ['width', 'height', 'isMaximized'],
      },
    },
  });
  return {
    get windowBounds() {
      return store.get('windowBounds');
    },
    setWindowBounds: (bounds) => store.set('windowBounds', bounds),
  };
};
