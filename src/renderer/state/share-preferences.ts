/** Theme and keys are settings of the app: the host keeps them, and every window follows. */
import type { Client } from '../transport/client.ts';
import { type AppStore, reportError } from './app-store.ts';
import { setPreference } from './remember-preferences.ts';
import type { WindowState } from './window-state.ts';

const themeOf = ({ host }: WindowState) => host?.settings.values['ui.theme'];
const keysOf = ({ host }: WindowState) => host?.settings.values['keys.overrides'];
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export const sharePreferences = (client: Client, store: AppStore): void => {
  const tell = (key: string, value: unknown): void =>
    void client.call('settings.set', { key, value }).catch((error: unknown) => reportError(store, error));
  store.subscribe((state, previous) => {
    const theme = themeOf(state);
    const keys = keysOf(state);
    // What the host told is new: this window follows.
    if (theme !== undefined && !isSame(theme, themeOf(previous))) {
      if (theme !== state.prefs.theme) setPreference(store, { theme });
    } else if (theme !== undefined && state.prefs.theme !== previous.prefs.theme && theme !== state.prefs.theme)
      tell('ui.theme', state.prefs.theme);
    if (keys !== undefined && !isSame(keys, keysOf(previous))) {
      if (!isSame(keys, state.prefs.keys)) setPreference(store, { keys });
    } else if (keys !== undefined && state.prefs.keys !== previous.prefs.keys && !isSame(keys, state.prefs.keys))
      tell('keys.overrides', state.prefs.keys);
  });
};
