import { join } from 'node:path';
import type { AppServicesOptions } from '../app/app-services-options.ts';
import { SettingsService } from './settings-service.ts';
import { FileSettingsStore, MemorySettingsStore } from './settings-store.ts';

/** Where no projects are kept, neither are settings, and the environment says nothing. */
export const createSettings = (
  { settingsStore, keepsProjects }: AppServicesOptions,
  dataDir: string,
  host: ConstructorParameters<typeof SettingsService>[1],
): SettingsService =>
  new SettingsService(
    settingsStore ?? (keepsProjects ? new FileSettingsStore(join(dataDir, 'settings.json')) : new MemorySettingsStore()),
    host,
    keepsProjects ? process.env : {},
  );
