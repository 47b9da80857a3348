/**
 * The folder of recordings that go on: a folder for each, the room they need, and how they become clips, now or after a
 * kill.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import { freeBytes } from '../exports/export-estimate.ts';
import type { TreeStore } from '../results/tree-store.ts';
import type { ImportPlace } from '../sources/import-store.ts';
import { type LiveClip, rekeyed } from './live-clip.ts';
import { isAbandoned, LiveWork, readLiveNote, writeLiveNote } from './live-work.ts';

export interface LiveRecordingsDeps {
  folder: string;
  /** A folder for a recording that is made whole. */
  claim: () => Promise<ImportPlace>;
  engine: () => EnginePeer;
  /** Keeps the clip it has become as a project, without opening it. */
  keep: (clip: LiveClip) => Promise<void>;
  notify: (level: 'info' | 'warning' | 'error', text: string) => void;
}

/** This much of the disk is left alone. */
const reserveBytes = 256 * 2 ** 20;

export class LiveRecordings {
  readonly #deps: LiveRecordingsDeps;

  constructor(deps: LiveRecordingsDeps) {
    this.#deps = deps;
  }

  /** A folder for a new one. @throws AppError `disk-full` */
  async begin(title: string, clipName: string): Promise<LiveWork> {
    const { folder, notify } = this.#deps;
    await mkdir(folder, { recursive: true });
    await this.requireRoom();
    const own = join(folder, randomUUID());
    writeLiveNote(own, { title, clipName, startedAt: new Date().toISOString() });
    return new LiveWork(own, (error) => {
      if (error) notify('error', error.message);
    });
  }

  /** @throws AppError `disk-full` */
  async requireRoom(): Promise<void> {
    const { folder } = this.#deps;
    const free = await freeBytes(folder);
    if (free !== null && free < reserveBytes)
      throw new AppError('disk-full', `${folder} has too little free space to record. Free some and try again.`, { details: { free } });
  }

  /**
   * Makes a recording that has ended a clip with the work on it.
   * @param known what this process knows beyond what is kept
   * @throws AppError `source-empty` when no picture was recorded
   */
  async clipOf(work: LiveWork, clipName: string, known: { isFollowed: boolean; trees: TreeStore | null }): Promise<LiveClip> {
    const place = await this.#deps.claim();
    const path = place.path(clipName);
    const joined = this.#deps.engine().call('liveJoin', { folder: work.folder, output: path });
    const { segments } = await joined.catch(async (error: unknown) => {
      await place.remove();
      throw error;
    });
    await place.done();
    return rekeyed(path, work, segments, known);
  }

  /** What a kill or a crash left unfinished is made whole and kept as projects. */
  async recover(): Promise<void> {
    const { folder, notify, keep } = this.#deps;
    for (const name of folderNames(folder)) {
      const own = join(folder, name);
      const note = readLiveNote(own);
      if (!note || !isAbandoned(note)) continue;
      writeLiveNote(own, note);
      try {
        const work = new LiveWork(own, () => {});
        await keep(await this.clipOf(work, note.clipName, { isFollowed: false, trees: null }));
        work.remove();
        notify('info', `An interrupted live recording of ${note.title} was repaired. It is among the recent projects.`);
      } catch (error) {
        const known = AppError.from(error);
        if (known.code === 'source-empty') new LiveWork(own, () => {}).remove();
        else notify('warning', `An interrupted live recording of ${note.title} could not be repaired: ${known.message}`);
      }
    }
  }
}

const folderNames = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};
