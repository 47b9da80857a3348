/**
 * Where settings are kept: a JSON file on the web host, electron-store on the desktop, nothing for a single command.
 */
import { readFileSync } from 'node:fs';
import { replaceFileSync, writeJsonSync } from '../../common/atomic-file.ts';

export interface SettingsStore {
  /** What was written last, whatever it holds; null when there is nothing. @throws when it can't be read as JSON */
  read(): unknown;
  write(data: object): void;
  /** Moves what can't be read out of the way. @returns where it is now */
  setAside(): string;
}

export class MemorySettingsStore implements SettingsStore {
  #data: unknown = null;

  read(): unknown {
    return this.#data;
  }

  write(data: object): void {
    this.#data = data;
  }

  setAside(): string {
    this.#data = null;
    return '';
  }
}

export class FileSettingsStore implements SettingsStore {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  read(): unknown {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    return JSON.parse(text);
  }

  write(data: object): void {
    writeJsonSync(this.#path, data);
  }

  setAside(): string {
    const aside = `${this.#path}.broken-${new Date().toISOString().replaceAll(':', '.')}`;
    replaceFileSync(this.#path, aside);
    return aside;
  }
}
