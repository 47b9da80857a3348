/**
 * A file that only grows. What was appended is with the operating system when `append` returns, so a killed process
 * loses nothing; it is on the disk within {@link syncMs}, against power cuts. When the disk refuses, the bytes wait in
 * memory, can be read, and are tried again.
 */
import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { AppError } from '../../../shared/errors.ts';
import type { WriteFailures } from './write-failures.ts';

const syncMs = 200;
const retryMs = 2000;

/** The part of node:fs that writes, so that tests can fill the disk. */
export type WriteSync = (fd: number, data: Uint8Array, offset: number, length: number, position: number) => number;

export interface AppendOptions {
  write?: WriteSync | undefined;
  isDurable?: boolean;
}

export class AppendFile {
  readonly path: string;
  readonly #isDurable: boolean;
  readonly #fd: number;
  readonly #failures: WriteFailures;
  readonly #write: WriteSync;
  #written: number;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #retry: NodeJS.Timeout | null = null;
  #isHeld = false;
  #failed = false;
  #closed = false;

  /**
   * @param failures told when writing fails, and null when it works again
   * @param isDurable false: it is left to the system when it reaches the disk
   */
  constructor(path: string, failures: WriteFailures, { write = writeSync, isDurable = true }: AppendOptions = {}) {
    this.path = path;
    this.#isDurable = isDurable;
    this.#fd = openSync(path, 'a+');
    this.#written = fstatSync(this.#fd).size;
    this.#failures = failures;
    this.#write = write;
  }

  /** Bytes appended so far, those that wait included. */
  get size(): number {
    return this.#written + this.#waitingBytes;
  }

  /** @returns where the bytes begin */
  append(data: Buffer): number {
    const offset = this.size;
    this.#waiting.push(data);
    this.#waitingBytes += data.length;
    if (!this.#isHeld) this.flush();
    return offset;
  }

  /** What is appended until {@link release} is written at once then. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    if (this.#waiting.length > 0) this.flush();
  }

  /** Writes what waits. */
  flush(): void {
    try {
      while (this.#waiting.length > 0) {
        if (this.#waiting.length > 1) this.#waiting = [Buffer.concat(this.#waiting)];
        const data = this.#waiting[0]!;
        const count = this.#write(this.#fd, data, 0, data.length, this.#written);
        this.#written += count;
        this.#waitingBytes -= count;
        if (count === data.length) this.#waiting.shift();
        else this.#waiting[0] = data.subarray(count);
      }
    } catch (cause) {
      this.#fail(cause as NodeJS.ErrnoException);
      return;
    }
    if (this.#failed) {
      this.#failed = false;
      this.#failures.tell(this.path, null);
    }
    if (!this.#isDurable) return;
    this.#timer ??= setTimeout(() => this.#sync(), syncMs);
    this.#timer.unref();
  }

  /**
   * @throws AppError `cancelled` when the file was closed meanwhile: whoever reads works for a clip that is not open
   *   any more
   */
  read(offset: number, length: number): Buffer {
    if (this.#closed) throw new AppError('cancelled', 'The clip was closed in the meantime. Open it again to continue.');
    const data = Buffer.alloc(length);
    let at = 0;
    while (at < length && offset + at < this.#written) {
      const count = readSync(this.#fd, data, at, Math.min(length - at, this.#written - offset - at), offset + at);
      if (count === 0) break;
      at += count;
    }
    let start = this.#written;
    for (const waiting of this.#waiting) {
      if (at === length) break;
      const from = offset + at - start;
      if (from >= 0 && from < waiting.length) at += waiting.copy(data, at, from, Math.min(waiting.length, from + length - at));
      start += waiting.length;
    }
    return data.subarray(0, at);
  }

  /** Drops a torn end, when a file is opened. */
  truncate(size: number): void {
    ftruncateSync(this.#fd, size);
    this.#written = size;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.flush();
    for (const timer of [this.#timer, this.#retry]) if (timer) clearTimeout(timer);
    closeSync(this.#fd);
  }

  #sync(): void {
    this.#timer = null;
    if (!this.#closed) fdatasync(this.#fd, () => {});
  }

  #fail(cause: NodeJS.ErrnoException): void {
    if (!this.#failed) {
      this.#failed = true;
      this.#failures.tell(this.path, writeError(this.path, cause));
    }
    if (this.#closed || this.#retry) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.flush();
    }, retryMs);
    this.#retry.unref();
  }
}

const writeError = (path: string, cause: NodeJS.ErrnoException): AppError =>
  cause.code === 'ENOSPC' || cause.code === 'EDQUOT'
    ? new AppError(
        'disk-full',
        `The disk is full: your last changes could not be saved to ${path}. They are kept in memory and saved as soon as there is space.`,
        {
          cause,
        },
      )
    : new AppError(
        'output-unwritable',
        `Your last changes could not be saved to ${path} (${cause.code ?? cause.message}). They are kept in memory and saved as soon as possible.`,
        { cause },
      );
