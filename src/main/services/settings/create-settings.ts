import { join } from 'node:path';
import type { SettingFlag } from './setting-layers.ts';
import { SettingsService } from './settings-service.ts';
import { FileSettingsStore, type SettingsStore } from './settings-store.ts';

export interface SettingsOptions {
  /** Where settings are kept; by default a file beside the projects. */
  settingsStore?: SettingsStore | undefined;
  /** Work is kept as projects in the data folder; without it everything is in memory. */
  keepsProjects?: boolean | undefined;
  /** The environment that settings are read from; default: the process's own. */
  env?: NodeJS.ProcessEnv | undefined;
  /** Settings of the command line. */
  flags?: readonly SettingFlag[] | undefined;
  /** `--profile`. */
  profile?: string | undefined;
}

/** Where no projects are kept, the settings file is read and left as it is. */
export const createSettings = (
  { settingsStore, keepsProjects = false, env = process.env, flags, profile }: SettingsOptions,
  dataDir: string,
  deps: ConstructorParameters<typeof SettingsService>[1],
): SettingsService =>
  new SettingsService(settingsStore ?? new FileSettingsStore(join(dataDir, 'settings.json'), !keepsProjects), deps, {
    env,
    flags,
    profile,
  });
