/**
 * Masks of clips that nobody keeps, as the command line has them: they are in files of a temporary folder, so that
 * memory does not grow with the clip. The folder goes with the process; the next one removes what a killed process
 * left.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
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

  close(): void {
    this.#file.close();
  }
}

export class ScratchMasks {
  readonly #parents: readonly string[];
  readonly #failures: WriteFailures;
  readonly #logs: ScratchLog[] = [];
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

  /** In memory where no folder can be written to. */
  newStore(): MaskStore {
    this.#folder ??= this.#makeFolder();
    if (this.#folder === null) return new MaskStore();
    const log = new ScratchLog(join(this.#folder, `masks-${this.#logs.length}.log`), this.#failures);
    this.#logs.push(log);
    return new MaskStore(log);
  }

  /** Stores that were made can't be read any more. */
  close(): void {
    process.off('exit', this.#onExit);
    for (const log of this.#logs.splice(0)) log.close();
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
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
