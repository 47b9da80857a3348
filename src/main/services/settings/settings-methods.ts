/** The contract's methods on settings. */
import type { Handlers, MethodsOf } from '../base/handlers.ts';
import type { SettingsService } from './settings-service.ts';

/** @param checkPath throws `not-allowed` for a path that a client may not use */
export const settingsMethods = (
  settings: SettingsService,
  checkPath: (path: string) => Promise<void>,
): Handlers<MethodsOf<'settings'>> => ({
  'settings.set': async ({ key, value }) => {
    if (key === 'export.folder' && typeof value === 'string') await checkPath(value);
    settings.set(key, value);
    return {};
  },
  'settings.reset': ({ key }) => {
    settings.reset(key);
    return {};
  },
  'settings.useProfile': ({ profile }) => {
    settings.useProfile(profile);
    return {};
  },
});
