/** Which projects were open, the newest first, in one small file. A damaged one counts as none. */
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Recent, recentSchema } from '../../../shared/project.ts';
import { writeJson } from '../../common/atomic-file.ts';
import { workName } from './project.ts';

const entrySchema = recentSchema.omit({ missing: true, workedAt: true }).extend({ isOpen: z.boolean() });
type Entry = z.infer<typeof entrySchema>;

const mostRecents = 20;

/** When a file was written last; null when there is nothing in it. */
const changedAt = (path: string): string | null => {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && found.size > 0 ? found.mtime.toISOString() : null;
};

export class Recents {
  /** null = the list is not kept. */
  readonly #path: string | null;
  #entries: Entry[] = [];
  #view: Recent[] = [];
  #writing: Promise<void> = Promise.resolve();

  /** @param dataDir null = the list is not kept */
  constructor(dataDir: string | null) {
    this.#path = dataDir === null ? null : join(dataDir, 'recents.json');
  }

  get list(): Recent[] {
    return this.#view;
  }

  /** The projects that were open when the app ended, in the order they were opened. */
  get open(): string[] {
    return this.#entries.flatMap(({ isOpen, path }) => (isOpen && existsSync(path) ? [path] : [])).reverse();
  }

  async load(): Promise<void> {
    if (this.#path === null) return;
    try {
      this.#entries = z.array(entrySchema).parse(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch {
      this.#entries = [];
    }
    this.#look();
  }

  opened(entry: Omit<Entry, 'openedAt' | 'isOpen'>): Promise<void> {
    const opened: Entry = { ...entry, openedAt: new Date().toISOString(), isOpen: true };
    return this.#set([opened, ...this.#entries.filter(({ path }) => path !== entry.path)].slice(0, mostRecents));
  }

  /** A project that was made and is not open: it is not opened by itself at the next start. */
  made(entry: Omit<Entry, 'openedAt' | 'isOpen'>): Promise<void> {
    const made: Entry = { ...entry, openedAt: new Date().toISOString(), isOpen: false };
    return this.#set([made, ...this.#entries.filter(({ path }) => path !== entry.path)].slice(0, mostRecents));
  }

  /** The user closed the project: it is not opened again by itself. */
  closed(path: string): Promise<void> {
    return this.#set(this.#entries.map((entry) => (entry.path === path ? { ...entry, isOpen: false } : entry)));
  }

  forget(path: string): Promise<void> {
    return this.#set(this.#entries.filter((entry) => entry.path !== path));
  }

  #set(entries: Entry[]): Promise<void> {
    this.#entries = entries;
    this.#look();
    const path = this.#path;
    if (path === null) return Promise.resolve();
    // A disk that refuses the list is no reason to refuse the work.
    this.#writing = this.#writing.then(() => writeJson(path, entries)).catch(() => {});
    return this.#writing;
  }

  #look(): void {
    this.#view = this.#entries.map(({ isOpen: _, ...entry }) => ({
      ...entry,
      workedAt: changedAt(join(entry.path, workName)),
      missing: !existsSync(entry.path) || !existsSync(entry.source),
    }));
  }
}
