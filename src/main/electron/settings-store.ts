/** The user's settings in electron-store, behind the interface that the web host's file has. */
import Store from 'electron-store';
import { replaceFileSync } from '../common/atomic-file.ts';
import type { SettingsStore } from '../services/settings/settings-store.ts';

const options = { name: 'settings', clearInvalidConfig: false } as const;

/** @param folder where the app keeps what is its user's */
export const desktopSettingsStore = (folder: string): SettingsStore => {
  // A file that holds no JSON throws in the constructor, so the store is made when it is first asked.
  let store: Store<{ settings: unknown }> | null = null;
  const opened = (): Store<{ settings: unknown }> => {
    store ??= new Store<{ settings: unknown }>({ ...options, cwd: folder });
    return store;
  };
  return {
    path: `${folder}/${options.name}.json`,
    read: () => opened().get('settings') ?? null,
    write: (data) => opened().set('settings', data),
    setAside: () => {
      const path = `${folder}/${options.name}.json`;
      const aside = `${path}.broken-${Date.now()}`;
      replaceFileSync(path, aside);
      store = null;
      return aside;
    },
  };
};
