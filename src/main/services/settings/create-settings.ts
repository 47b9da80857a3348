import { join } from 'node:path';
import { SettingsService } from './settings-service.ts';
import { FileSettingsStore, MemorySettingsStore, type SettingsStore } from './settings-store.ts';

export interface SettingsOptions {
  /** Where settings are kept; by default a file beside the projects, and nothing where no projects are kept. */
  settingsStore?: SettingsStore | undefined;
  /** Work is kept as projects in the data folder; without it everything is in memory. */
  keepsProjects?: boolean | undefined;
}

/** Where no projects are kept, neither are settings, and the environment says nothing. */
export const createSettings = (
  { settingsStore, keepsProjects }: SettingsOptions,
  dataDir: string,
  deps: ConstructorParameters<typeof SettingsService>[1],
): SettingsService =>
  new SettingsService(
    settingsStore ?? (keepsProjects ? new FileSettingsStore(join(dataDir, 'settings.json')) : new MemorySettingsStore()),
    deps,
    keepsProjects ? process.env : {},
  );
