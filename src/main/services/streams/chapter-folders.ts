/** The folders of a stream's chapters: each has a recording with the work on it, and a note that says what it is. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Chapter } from '../../../shared/streams.ts';
import { writeJsonSync } from '../../common/atomic-file.ts';
import type { HandedTrack } from './hand-over.ts';

const noteSchema = z.object({
  number: z.number().int().nonnegative(),
  beganAtMs: z.number(),
  /** null while it goes on, and after a kill. */
  endedAtMs: z.number().nullable(),
  objects: z.number().int().nonnegative(),
});
type ChapterNote = z.infer<typeof noteSchema>;

const noteName = 'chapter.json';
const tracksName = 'tracks.json';

const tracksSchema = z.array(
  z.object({
    id: z.number().int().positive(),
    name: z.string(),
    color: z.string(),
    visible: z.boolean(),
    locked: z.boolean(),
    mask: z.object({ size: z.tuple([z.number(), z.number()]), counts: z.string() }).nullable(),
  }),
);

const readNote = (folder: string): ChapterNote | null => {
  try {
    return noteSchema.parse(JSON.parse(readFileSync(join(folder, noteName), 'utf8')));
  } catch {
    return null;
  }
};

const bytesIn = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);

const newestWriteMs = (folder: string): number =>
  Math.max(0, ...readdirSync(folder).map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0));

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

export class ChapterFolders {
  readonly #root: string;

  /** @param root of one stream */
  constructor(root: string) {
    this.#root = root;
  }

  pathOf(id: string): string {
    return join(this.#root, id);
  }

  /** The number after the last one there is. */
  get nextNumber(): number {
    return Math.max(-1, ...this.#all().map(({ note }) => note.number)) + 1;
  }

  /** @returns the id of a new folder */
  begin(number: number, nowMs: number): string {
    const id = `${String(number).padStart(6, '0')}-${randomUUID().slice(0, 8)}`;
    mkdirSync(this.pathOf(id), { recursive: true });
    this.#write(id, { number, beganAtMs: nowMs, endedAtMs: null, objects: 0 });
    return id;
  }

  end(id: string, nowMs: number, objects: number): void {
    const note = readNote(this.pathOf(id));
    if (note) this.#write(id, { ...note, endedAtMs: nowMs, objects });
  }

  remove(id: string): void {
    rmSync(this.pathOf(id), { recursive: true, force: true });
  }

  removeAll(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** Closed chapters, the oldest first. */
  closed(): Chapter[] {
    return this.#all()
      .flatMap(({ id, note }) => {
        const { number, beganAtMs, endedAtMs, objects } = note;
        return endedAtMs === null ? [] : [{ id, number, beganAtMs, endedAtMs, objects, bytes: bytesIn(this.pathOf(id)) }];
      })
      .sort((a, b) => a.number - b.number);
  }

  /** Closes what a kill left open, and removes what holds no picture. No chapter of the stream may be going on. */
  recover(): void {
    for (const { id, note } of this.#all()) {
      if (note.endedAtMs !== null) continue;
      const folder = this.pathOf(id);
      const isEmpty = !namesIn(folder).some((name) => name.startsWith('segment-') && statSync(join(folder, name)).size > 0);
      if (isEmpty) this.remove(id);
      else this.#write(id, { ...note, endedAtMs: newestWriteMs(folder) });
    }
  }

  /** What the next chapter begins with, also after a restart of the app. */
  saveTracks(tracks: readonly HandedTrack[]): void {
    mkdirSync(this.#root, { recursive: true });
    writeJsonSync(join(this.#root, tracksName), tracks);
  }

  loadTracks(): HandedTrack[] {
    try {
      return tracksSchema.parse(JSON.parse(readFileSync(join(this.#root, tracksName), 'utf8')));
    } catch {
      return [];
    }
  }

  #all(): { id: string; note: ChapterNote }[] {
    return namesIn(this.#root).flatMap((id) => {
      const note = readNote(this.pathOf(id));
      return note ? [{ id, note }] : [];
    });
  }

  #write(id: string, note: ChapterNote): void {
    writeFileSync(join(this.pathOf(id), noteName), `${JSON.stringify(note)}\n`);
  }
}
