/** The desktop app's entry: hands Electron to electron/shell.ts, which does the rest and can be tested without it. */
import { fileURLToPath } from 'node:url';
import * as electron from 'electron';
import { openSettings } from './electron/settings.ts';
import { desktopSettingsStore } from './electron/settings-store.ts';
import { runShell } from './electron/shell.ts';
import { createServices } from './services/app/create-services.ts';

runShell({
  electron,
  here: fileURLToPath(new URL('.', import.meta.url)),
  process,
  openSettings,
  settingsStore: desktopSettingsStore,
  makeServices: (options) => createServices(options),
}).catch((error: unknown) => {
  console.error(error);
  electron.dialog.showErrorBox('SAM2 Video could not start', error instanceof Error ? error.message : String(error));
  electron.app.exit(1);
});
