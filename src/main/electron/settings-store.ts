/** The user's settings in electron-store, behind the interface that the web host's file has. */
import Store from 'electron-store';
import { replaceFileSync } from '../common/atomic-file.ts';
import type { SettingsStore } from '../services/settings/settings-store.ts';

/** @param folder where the app keeps what is its user's */
export const desktopSettingsStore = (folder: string): SettingsStore => {
  const path = `${folder}/settings.json`;
  // A file that holds no JSON throws in the constructor, so the store is made when it is first asked.
  let store: Store<{ settings: unknown }> | null = null;
  const opened = (): Store<{ settings: unknown }> => {
    store ??= new Store<{ settings: unknown }>({ name: 'settings', clearInvalidConfig: false, cwd: folder });
    return store;
  };
  return {
    path,
    read: () => opened().get('settings') ?? null,
    write: (data) => opened().set('settings', data),
    setAside: () => {
      const aside = `${path}.broken-${Date.now()}`;
      replaceFileSync(path, aside);
      store = null;
      return aside;
    },
  };
};
