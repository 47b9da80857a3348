/** Keeps the preferences in the browser's storage and the theme on the page. */
import type { AppStore } from './app-store.ts';
import { type Preferences, parsePreferences } from './preferences.ts';

const key = 'sam2-video-window';

export const readPreferences = (storage: Pick<Storage, 'getItem'> = localStorage): Preferences => parsePreferences(storage.getItem(key));

export const setPreference = (store: AppStore, change: Partial<Preferences>): void =>
  store.setState((s) => ({ prefs: { ...s.prefs, ...change } }));

/** From now on changes are kept, and the page has the theme that the user or the system chose. */
export const rememberPreferences = (store: AppStore): void => {
  const prefersLight = matchMedia('(prefers-color-scheme: light)');
  const applyTheme = (): void => {
    const chosen = store.getState().prefs.theme;
    const theme = chosen === 'system' ? (prefersLight.matches ? 'light' : 'dark') : chosen;
    document.documentElement.dataset.theme = theme;
    if (store.getState().theme !== theme) store.setState({ theme });
  };
  applyTheme();
  prefersLight.addEventListener('change', applyTheme);
  store.subscribe((state, previous) => {
    if (state.prefs === previous.prefs) return;
    localStorage.setItem(key, JSON.stringify(state.prefs));
    if (state.prefs.theme !== previous.prefs.theme) applyTheme();
  });
};
