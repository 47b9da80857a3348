/** A folder that electron-builder takes for Electron: the files it renames and edits, and a program with fuses. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** As Electron ships: the first eight fuses with their defaults, and one that is newer than we know. */
const program = Buffer.concat([
  Buffer.alloc(64, 7),
  Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
  Buffer.from([1, 9]),
  Buffer.from('101100011'),
  Buffer.alloc(64, 7),
]);

export const fakeElectron = (folder: string, platform: 'win32' | 'linux'): string => {
  const put = (path: string, data: string | Buffer): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), data, { mode: 0o755 });
  };
  mkdirSync(join(folder, 'resources'), { recursive: true });
  put(platform === 'win32' ? 'electron.exe' : 'electron', program);
  put('version', '45.4.1');
  put('LICENSE', "Electron's licence");
  return folder;
};
