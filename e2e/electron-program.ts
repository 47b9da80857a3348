import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Electron's program, or why there is none. */
export const electronProgram = (): { path: string } | { reason: string } => {
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, 'node_modules/electron/dist');
  const pathFile = join(root, 'node_modules/electron/path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : process.platform === 'win32' ? 'electron.exe' : 'electron';
  const path = join(dist, name);
  return existsSync(path) ? { path } : { reason: `Electron's program is not installed (${dist}); "npx install-electron" fetches it` };
};
