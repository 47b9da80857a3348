/** The contract's methods on settings. */
import type { Handlers } from '../app/client-link.ts';
import type { SettingsService } from './settings-service.ts';

export interface SettingsServices {
  readonly settings: SettingsService;
  checkPath(path: string): Promise<void>;
}

export const settingsMethods = (services: SettingsServices): Pick<Handlers, Extract<keyof Handlers, `settings.${string}`>> => ({
  'settings.set': async ({ key, value }) => {
    if (key === 'export.folder' && typeof value === 'string') await services.checkPath(value);
    services.settings.set(key, value);
    return {};
  },
  'settings.reset': ({ key }) => {
    services.settings.reset(key);
    return {};
  },
  'settings.useProfile': ({ profile }) => {
    services.settings.useProfile(profile);
    return {};
  },
});
