/**
 * Work on a source while it is live, in the folder of its recording: the same logs as a project's, written before a
 * change is acknowledged, and a note that says what the folder is. A kill at any moment leaves everything that was
 * acknowledged.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { AppError } from '../../../shared/errors.ts';
import { isOtherProcess } from '../../common/process-lock.ts';
import { AppendFile } from '../project/append-file.ts';
import { MaskFiles } from '../project/mask-files.ts';
import { encodeChange, readWorkLog } from '../project/work-log.ts';
import { WriteFailures } from '../project/write-failures.ts';
import { MaskStore } from '../results/mask-store.ts';
import { type KeptWork, WorkHistory, type WorkStep } from '../session/kept-work.ts';
import type { SessionWork } from '../session/session-deps.ts';

const noteName = 'live.json';
const workName = 'work.log';

const noteSchema = z.object({
  /** Of the process that has it open. */
  pid: z.number().int(),
  /** Without names and passwords. */
  title: z.string(),
  /** Of the clip that it becomes. */
  clipName: z.string().min(1),
  startedAt: z.string(),
});
export type LiveNote = z.infer<typeof noteSchema>;

/** Null for a folder that is none of a live recording. */
export const readLiveNote = (folder: string): LiveNote | null => {
  try {
    return noteSchema.parse(JSON.parse(readFileSync(join(folder, noteName), 'utf8')));
  } catch {
    return null;
  }
};

export const isAbandoned = ({ pid }: LiveNote): boolean => pid !== process.pid && !isOtherProcess(pid);

export const writeLiveNote = (folder: string, note: Omit<LiveNote, 'pid'>): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, noteName), `${JSON.stringify({ ...note, pid: process.pid })}\n`);
};

export class LiveWork implements SessionWork {
  readonly folder: string;
  readonly store: MaskStore;
  readonly kept: KeptWork;
  readonly history = new WorkHistory();
  readonly #log: AppendFile;
  readonly #masks: MaskFiles;
  #saved: KeptWork;

  /**
   * Goes on with what is there.
   * @param onError told when the disk refuses a change, and null when it is saved after all
   */
  constructor(folder: string, onError: (error: AppError | null) => void) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    const path = join(folder, workName);
    const failures = new WriteFailures(onError);
    this.#log = new AppendFile(path, failures);
    const { work, bytes } = readWorkLog(readFileSync(path), () => false);
    this.#log.truncate(bytes);
    this.kept = work;
    this.#saved = work;
    this.#masks = new MaskFiles(folder, 0, failures);
    this.store = new MaskStore(this.#masks, this.#masks.rowIndex);
    this.store.setMaskKeys(work.objects);
  }

  /** As it is now. */
  get saved(): KeptWork {
    return this.#saved;
  }

  save(kept: KeptWork, step: WorkStep | null): void {
    const line = encodeChange(this.#saved, kept, step, 0);
    this.#saved = kept;
    if (line) this.#log.append(line);
  }

  close(): void {
    this.#log.close();
    this.#masks.close();
  }

  /** It lives on as a clip: the folder goes. */
  remove(): void {
    this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
