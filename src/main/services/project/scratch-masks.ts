/**
 * Masks of clips that nobody keeps, as the command line has them: they are in files of a temporary folder, so that
 * memory does not grow with the clip. The folder goes with the process; the next one removes what a killed process
 * left.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AppError } from '../../../shared/errors.ts';
import { isRunning } from '../../common/running-process.ts';
import type { MaskRow } from '../results/mask-index.ts';
import { type MaskLog, MaskStore } from '../results/mask-store.ts';
import { AppendFile } from './append-file.ts';
import { WriteFailures } from './write-failures.ts';

const prefix = 'scratch-';

/** Records alone: the index is needed by nobody but this process. */
class ScratchLog implements MaskLog {
  readonly #file: AppendFile;

  constructor(path: string, failures: WriteFailures) {
    this.#file = new AppendFile(path, failures, { isDurable: false });
  }

  append(data: Buffer): number {
    return this.#file.append(data);
  }

  read(offset: number, length: number): Buffer {
    return this.#file.read(offset, length);
  }

  index(_track: number, _frame: number, _row: MaskRow | null): void {}

  batch(work: () => void): void {
    this.#file.hold();
    try {
      work();
    } finally {
      this.#file.release();
    }
  }

  remove(): void {
    this.#file.close();
    rmSync(this.#file.path, { force: true });
  }
}

export class ScratchMasks {
  readonly #parents: readonly string[];
  readonly #failures: WriteFailures;
  /** By owner. */
  readonly #logs = new Map<string, ScratchLog>();
  #made = 0;
  #folder: string | null = null;
  readonly #onExit = (): void => this.close();

  /**
   * @param parents where the folder may be made: the first that can be written to. A temporary folder of the system may
   *   be in memory.
   * @param onError told when the disk refuses a mask, and null when it is written after all
   */
  constructor(parents: readonly string[], onError: (error: AppError | null) => void) {
    this.#parents = parents;
    this.#failures = new WriteFailures(onError);
  }

  /** A store that is kept until its owner is released; in memory where no folder can be written to. */
  newStore(owner: string): MaskStore {
    this.#folder ??= this.#makeFolder();
    if (this.#folder === null) return new MaskStore();
    this.release(owner);
    const log = new ScratchLog(join(this.#folder, `masks-${++this.#made}.log`), this.#failures);
    this.#logs.set(owner, log);
    return new MaskStore(log);
  }

  /** The owner's store can't be read any more. */
  release(owner: string): void {
    this.#logs.get(owner)?.remove();
    this.#logs.delete(owner);
  }

  /** No store can be read any more. */
  close(): void {
    process.off('exit', this.#onExit);
    for (const owner of [...this.#logs.keys()]) this.release(owner);
    if (this.#folder === null) return;
    rmSync(this.#folder, { recursive: true, force: true });
    try {
      rmdirSync(dirname(this.#folder));
    } catch {
      // Another process has a folder there.
    }
    this.#folder = null;
  }

  #makeFolder(): string | null {
    for (const parent of this.#parents) {
      try {
        mkdirSync(parent, { recursive: true });
        removeAbandoned(parent);
        const folder = mkdtempSync(join(parent, `${prefix}${process.pid}-`));
        process.on('exit', this.#onExit);
        return folder;
      } catch {
        // The next one may do.
      }
    }
    return null;
  }
}

/** Folders of processes that were killed. */
const removeAbandoned = (parent: string): void => {
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (Number.isInteger(pid) && !isRunning(pid)) rmSync(join(parent, name), { recursive: true, force: true });
  }
};
