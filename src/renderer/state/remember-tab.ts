/**
 * Which session this window showed, for when the page is loaded or the app is started again. Its id is the window's own
 * (a second window may show another); its path outlives the app.
 */
import type { AppStore } from './app-store.ts';
import { setPreference } from './remember-preferences.ts';
import { sessionsOf } from './sessions.ts';
import type { WindowState } from './window-state.ts';

const key = 'sam2-video-tab';

export const readTab = (lastClip: string | null, storage: Pick<Storage, 'getItem'> = sessionStorage): WindowState['wanted'] => ({
  id: storage.getItem(key),
  path: lastClip,
});

/** From now on the session on screen is remembered. */
export const rememberTab = (store: AppStore, storage: Pick<Storage, 'setItem'> = sessionStorage): void => {
  store.subscribe((state, previous) => {
    if (state.activeId === previous.activeId && state.host === previous.host) return;
    const shown = sessionsOf(state).find(({ id }) => id === state.activeId);
    // While the one from before is waited for, what stands in for it is not remembered.
    if (!shown || state.wanted) return;
    storage.setItem(key, shown.id);
    if (shown.path !== state.prefs.lastClip) setPreference(store, { lastClip: shown.path });
  });
};
