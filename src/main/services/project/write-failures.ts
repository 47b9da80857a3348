/**
 * What the files of one piece of work say of being written, as one: told when the first fails, and when the last is
 * well again.
 */
import type { AppError } from '../../../shared/errors.ts';

export class WriteFailures {
  readonly #failing = new Map<string, AppError>();
  readonly #onChange: (error: AppError | null) => void;

  /** @param onChange told the error of the file that fails first, and null when all are written again */
  constructor(onChange: (error: AppError | null) => void) {
    this.#onChange = onChange;
  }

  /** Of the file that has failed longest, null when none does. */
  get error(): AppError | null {
    return this.#failing.values().next().value ?? null;
  }

  /** @param error null = the file is well again, or is no longer of interest */
  readonly tell = (path: string, error: AppError | null): void => {
    const before = this.#failing.size;
    if (error) this.#failing.set(path, error);
    else this.#failing.delete(path);
    if (before === 0 && error) this.#onChange(error);
    if (before > 0 && this.#failing.size === 0) this.#onChange(null);
  };
}
