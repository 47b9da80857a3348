/**
 * The same job on many clips, several at a time. What is whole is never done again: each clip's files are made in a
 * folder of another name, which gets its own when it is whole, and then the ledger gets its line.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Operation } from '../../../shared/contract/state.ts';
import { AppError } from '../../../shared/errors.ts';
import { replaceFile, writeAtomically } from '../../common/atomic-file.ts';
import { refuseInputs } from '../../common/check-outputs.ts';
import { ensureFolder } from '../../common/files.ts';
import { ProcessLock } from '../../common/process-lock.ts';
import { type BatchClip, checksumOf } from './clip-list.ts';
import type { ClipWork } from './clip-work.ts';
import type { LoadedJob } from './job-file.ts';
import { Ledger, type LedgerEntry, ledgerEntrySchema } from './ledger.ts';

export interface BatchRequest {
  clips: readonly BatchClip[];
  job: LoadedJob;
  /** Everything is written here: the ledger, and a folder for each clip. */
  out: string;
  /** Clips that are worked on at a time. */
  atATime: number;
  /** Clips that failed before are tried again. */
  retriesFailed: boolean;
  signal: AbortSignal;
}

/** Does the job on one clip. @throws AppError why it failed */
export type WorkOnClip = (work: ClipWork) => Promise<Pick<LedgerEntry, 'frames' | 'objects'>>;

export interface BatchEvents {
  /** A clip's work has begun. */
  onStart(clip: BatchClip): void;
  onProgress(clip: BatchClip, operation: Operation): void;
  /** @param isNew false for one that was whole already */
  onEnd(entry: LedgerEntry, isNew: boolean): void;
}

export const ledgerName = 'ledger.jsonl';
const workPrefix = '.unfinished-';
const entryName = 'batch.json';

/** What is left of a clip's folder when a batch is killed between its last rename and its line in the ledger. */
const wholeFolderSchema = ledgerEntrySchema.extend({ state: z.literal('done') });

/** Names of two clips that differ in their case alone are one folder on some disks. */
const folderOf = (clip: BatchClip, all: readonly BatchClip[]): string => {
  const same = all.filter(({ name }) => name.toLowerCase() === clip.name.toLowerCase());
  return same.length < 2 ? clip.name : `${clip.name} (${same.indexOf(clip) + 1})`;
};

const readEntry = async (folder: string): Promise<LedgerEntry | null> => {
  try {
    return wholeFolderSchema.parse(JSON.parse(await readFile(join(folder, entryName), 'utf8')));
  } catch {
    return null;
  }
};

/** Refuses to replace what no batch wrote. */
const clearPlace = async (folder: string): Promise<void> => {
  if (!existsSync(folder)) return;
  const names = await readdir(folder).catch(() => null);
  if (names === null || (names.length > 0 && !names.includes(entryName)))
    throw new AppError('output-exists', `${folder} exists already, and no batch wrote it. Choose another folder with --out.`, {
      details: { paths: [folder] },
    });
  await rm(folder, { recursive: true, force: true });
};

export class Batch {
  readonly #work: WorkOnClip;
  readonly #request: BatchRequest;
  readonly #events: BatchEvents;
  readonly #ledger: Ledger;

  private constructor(work: WorkOnClip, request: BatchRequest, events: BatchEvents, ledger: Ledger) {
    this.#work = work;
    this.#request = request;
    this.#events = events;
    this.#ledger = ledger;
  }

  /**
   * Works on the clips until all are whole or have failed.
   * @returns a line for each clip that has ended, in the order of their names
   * @throws AppError `output-unwritable` when it would write over a clip; `busy` when another batch writes there;
   *   `engine-lost` when the engine can't go on; `disk-full`
   */
  static async run(work: WorkOnClip, request: BatchRequest, events: BatchEvents): Promise<LedgerEntry[]> {
    const { clips, out, job } = request;
    const outputs = clips.map((clip) => ({ path: join(out, folderOf(clip, clips)), kind: 'folder' as const }));
    // What is there of an earlier run is looked at clip by clip.
    await refuseInputs({ inputs: [...clips.map(({ path }) => path), ...job.inputs], outputs });
    await ensureFolder(out);
    const lock = ProcessLock.take(join(out, '.in-use'));
    if (!(lock instanceof ProcessLock))
      throw new AppError('busy', `Another batch (process ${lock.pid}) is writing to ${out}. Wait for it, or choose another folder.`);
    try {
      for (const name of await readdir(out)) if (name.startsWith(workPrefix)) await rm(join(out, name), { recursive: true, force: true });
      const batch = new Batch(work, request, events, new Ledger(join(out, ledgerName)));
      return await batch.#all();
    } finally {
      lock.release();
    }
  }

  async #all(): Promise<LedgerEntry[]> {
    const { clips, atATime, signal } = this.#request;
    const waiting = [...clips];
    // What ends one clip alone does not end the others; what would end them all does.
    const work = async (): Promise<void> => {
      for (let clip = waiting.shift(); clip && !signal.aborted; clip = waiting.shift()) await this.#clip(clip);
    };
    const ended = await Promise.allSettled(Array.from({ length: atATime }, work));
    this.#ledger.compact();
    const failed = ended.find((result) => result.status === 'rejected');
    if (failed && !signal.aborted) throw failed.reason;
    return clips.flatMap(({ name }) => this.#ledger.get(name) ?? []);
  }

  async #clip(clip: BatchClip): Promise<void> {
    const { job, out, clips, signal, retriesFailed } = this.#request;
    const name = folderOf(clip, clips);
    const folder = join(out, name);
    const startedMs = performance.now();
    let key = job.hash;
    try {
      key = `${await checksumOf(clip.path, signal)}:${job.hash}`;
      const known = await this.#known(clip, key, folder);
      if (known && (known.state === 'done' || !retriesFailed)) {
        this.#events.onEnd(known, false);
        return;
      }
      await clearPlace(folder);
      this.#events.onStart(clip);
      const objects = job.objectsOf(clip.path);
      const unfinished = join(out, `${workPrefix}${name.replaceAll('/', '_')}`);
      await mkdir(unfinished, { recursive: true });
      const onProgress = (operation: Operation): void => this.#events.onProgress(clip, operation);
      const made = await this.#work({ path: clip.path, job: job.job, objects, directory: unfinished, signal, onProgress });
      const entry: LedgerEntry = { ...this.#entry(clip, key, startedMs), state: 'done', folder: name, ...made, error: null };
      await writeAtomically(join(unfinished, entryName), `${JSON.stringify(entry, null, 1)}\n`);
      await ensureFolder(join(folder, '..'));
      await replaceFile(unfinished, folder);
      this.#end(entry);
    } catch (error) {
      await this.#failed(AppError.from(error), { ...this.#entry(clip, key, startedMs), state: 'failed' });
    }
  }

  /** @throws AppError what ends the whole batch */
  async #failed(error: AppError, entry: LedgerEntry): Promise<void> {
    const { out, signal } = this.#request;
    await rm(join(out, `${workPrefix}${entry.clip.replaceAll('/', '_')}`), { recursive: true, force: true });
    if (signal.aborted || error.code === 'cancelled') return;
    if (error.code === 'engine-lost' || error.code === 'disk-full' || error.code === 'model-missing') throw error;
    this.#end({ ...entry, error: error.serialize() });
  }

  #entry({ name }: BatchClip, key: string, startedMs: number): LedgerEntry {
    const seconds = Math.round(performance.now() - startedMs) / 1000;
    const unknown = { state: 'failed', folder: null, frames: 0, objects: [], error: null } as const;
    return { ...unknown, clip: name, key, objects: [], seconds, at: new Date().toISOString() };
  }

  #end(entry: LedgerEntry): void {
    this.#ledger.add(entry);
    this.#events.onEnd(entry, true);
  }

  /** What is known of this very work. A folder that is whole without a line in the ledger gets it. */
  async #known({ name }: BatchClip, key: string, folder: string): Promise<LedgerEntry | null> {
    const told = this.#ledger.get(name);
    if (told?.key === key && (told.state === 'failed' || existsSync(join(folder, entryName)))) return told;
    const left = await readEntry(folder);
    if (left?.key !== key) return null;
    this.#ledger.add(left);
    return left;
  }
}
