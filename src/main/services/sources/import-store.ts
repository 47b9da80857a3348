/**
 * The app's folder of imported clips: a folder for each, marked as in use by the process that fills it. What a killed
 * process was filling is told from what is whole, also while other processes fill theirs.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../common/atomic-file.ts';
import { isOtherProcess } from '../../common/process-lock.ts';

const markName = 'in-use';
const folderName = /^[0-9a-f]{8}$/;
/** Names of what is not a clip yet. */
const unfinished = /\.(partial|whole|cut|part|part\.json)$/;

const markSchema = z.object({
  pid: z.number().int().positive(),
  /**
   * The file that what comes is written to, when a clip can be made of any beginning of it; null: only the whole is of
   * use.
   */
  recording: z.string().nullable(),
});
type Mark = z.infer<typeof markSchema>;

/** A clip that was imported, and is whole. */
export interface StoredClip {
  /** Name of its folder. */
  id: string;
  name: string;
  path: string;
  bytes: number;
  /** When it was made, ms since 1970. */
  madeAt: number;
}

/** A recording whose process, or whose engine, ended before it was made whole. */
export interface CutRecording {
  place: ImportPlace;
  path: string;
  /** Of the clip to make of it. */
  name: string;
}

/** A folder that is being filled by this process. */
export class ImportPlace {
  readonly folder: string;
  readonly #onEnd: (place: ImportPlace) => void;

  constructor(folder: string, onEnd: (place: ImportPlace) => void) {
    this.folder = folder;
    this.#onEnd = onEnd;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** @param recording see {@link markSchema} */
  async mark(recording: string | null): Promise<void> {
    const mark: Mark = { pid: process.pid, recording };
    await writeFile(this.path(markName), JSON.stringify(mark));
  }

  /** The clip is whole; whatever else is there goes. */
  async done(): Promise<void> {
    for (const name of await readdir(this.folder)) if (unfinished.test(name)) await rm(this.path(name), { force: true });
    await rm(this.path(markName), { force: true });
    this.#onEnd(this);
  }

  /** Nothing of it is wanted. */
  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    this.#onEnd(this);
  }

  /** It stays as it is, for {@link ImportStore.leftovers}. */
  leave(): void {
    this.#onEnd(this);
  }
}

export class ImportStore {
  readonly folder: string;
  readonly #filling = new Set<ImportPlace>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Whether a path lies in the folder, and so was imported. */
  owns(path: string): boolean {
    const inside = relative(resolve(this.folder), resolve(path));
    return inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && resolve(this.folder, inside) === resolve(path);
  }

  /** A new folder for one clip. @param recording see {@link ImportPlace.mark} */
  async claim(recording: string | null): Promise<ImportPlace> {
    const folder = join(this.folder, randomUUID().slice(0, 8));
    await mkdir(folder, { recursive: true });
    return this.#place(folder, recording);
  }

  async #place(folder: string, recording: string | null): Promise<ImportPlace> {
    const place = new ImportPlace(folder, (ended) => this.#filling.delete(ended));
    this.#filling.add(place);
    await place.mark(recording);
    return place;
  }

  /** Clips that are whole, the newest first. */
  async list(): Promise<StoredClip[]> {
    const clips: StoredClip[] = [];
    for (const { id, folder, names } of await this.#folders()) {
      const name = names.find((each) => !unfinished.test(each));
      if (name === undefined || names.includes(markName)) continue;
      const path = join(folder, name);
      const { size, mtimeMs } = await stat(path);
      clips.push({ id, name, path, bytes: size, madeAt: Math.round(mtimeMs) });
    }
    return clips.sort((a, b) => b.madeAt - a.madeAt);
  }

  /** @param id of {@link list} */
  async remove(id: string): Promise<void> {
    if (folderName.test(id)) await rm(join(this.folder, id), { recursive: true, force: true });
  }

  /**
   * Removes what ended processes left behind and nothing can be made of.
   * @returns the recordings among it; each is claimed, and has to be ended
   */
  async leftovers(): Promise<CutRecording[]> {
    const recordings: CutRecording[] = [];
    const mine = new Set([...this.#filling].map(({ folder }) => folder));
    for (const { folder, names } of await this.#folders()) {
      if (!names.includes(markName) || mine.has(folder)) continue;
      const mark = await readMark(join(folder, markName));
      if (mark && isOtherProcess(mark.pid)) continue;
      const recording = mark?.recording ?? null;
      const place = await this.#place(folder, recording);
      if (names.some((name) => name !== markName && !unfinished.test(name))) await place.done();
      else if (recording === null || recording !== basename(recording) || !names.includes(recording)) await place.remove();
      else recordings.push(await cutRecording(place, recording));
    }
    return recordings;
  }

  async #folders(): Promise<{ id: string; folder: string; names: string[] }[]> {
    const entries = await readdir(this.folder, { withFileTypes: true }).catch(() => []);
    const found = [];
    for (const entry of entries) {
      if (!entry.isDirectory() || !folderName.test(entry.name)) continue;
      const folder = join(this.folder, entry.name);
      found.push({ id: entry.name, folder, names: await readdir(folder).catch(() => []) });
    }
    return found;
  }
}

/** null for one that can't be read: it was torn as it was written. */
const readMark = async (path: string): Promise<Mark | null> => {
  try {
    return markSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
};

/** Under a name that nothing of its clip is written to. */
const cutRecording = async (place: ImportPlace, recording: string): Promise<CutRecording> => {
  const plain = recording.replace(unfinished, '');
  const cut = `${plain}.cut`;
  if (recording !== cut) {
    await replaceFile(place.path(recording), place.path(cut));
    await place.mark(cut);
  }
  const dot = plain.lastIndexOf('.');
  return { place, path: place.path(cut), name: `${dot > 0 ? plain.slice(0, dot) : plain}.mkv` };
};
