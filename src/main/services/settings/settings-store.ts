/**
 * Where settings are kept: a JSON file on the web host, electron-store on the desktop. A command only reads it.
 */
import { readFileSync } from 'node:fs';
import { replaceFileSync, writeJsonSync } from '../../common/atomic-file.ts';

export interface SettingsStore {
  /** The file's path; empty where there is none. */
  readonly path: string;
  /** What was written last, whatever it holds; null when there is nothing. @throws when it can't be read as JSON */
  read(): unknown;
  write(data: object): void;
  /** Moves what can't be read out of the way. @returns where it is now */
  setAside(): string;
}

export class FileSettingsStore implements SettingsStore {
  readonly path: string;
  readonly #isReadOnly: boolean;

  /** @param isReadOnly for a command, which reads the settings and leaves the file as it is */
  constructor(path: string, isReadOnly = false) {
    this.path = path;
    this.#isReadOnly = isReadOnly;
  }

  read(): unknown {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    return JSON.parse(text);
  }

  write(data: object): void {
    if (!this.#isReadOnly) writeJsonSync(this.path, data);
  }

  setAside(): string {
    if (this.#isReadOnly) throw new Error('The file is only read.');
    const aside = `${this.path}.broken-${new Date().toISOString().replaceAll(':', '.')}`;
    replaceFileSync(this.path, aside);
    return aside;
  }
}
