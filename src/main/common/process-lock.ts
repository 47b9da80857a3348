/**
 * A file that says which process uses what lies beside it. Its holder may be killed at any moment, so a lock whose
 * process is gone counts for nothing and is taken away by whoever wants it next.
 *
 * proper-lockfile tells a dead holder by a file time that it touches, so a project would stay locked for seconds after
 * a kill.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { isRunning } from './running-process.ts';

/** The process of this number runs, and it is another one. */
export const isOtherProcess = (pid: number): boolean => Number.isSafeInteger(pid) && pid > 0 && pid !== process.pid && isRunning(pid);

/** Who has the lock. */
export interface LockHolder {
  /** NaN when the file does not say. */
  pid: number;
}

export interface LockOptions {
  /** A holder touches its lock more often than this; an older one's process number was given to another program. */
  staleAfterMs?: number;
  /** Whether this process may take a lock that it has already. */
  isReentrant?: boolean;
}

/** Taking a stale lock away takes a few ms; after this long whoever was at it is gone. */
const markStaleAfterMs = 10_000;
const touchEveryMs = 30_000;
const attemptPauseMs = 10;
const mostAttempts = 50;

/** Locks of this process, by content: a lock with its number that is none of these was left by one before it. */
const ownLocks = new Set<string>();

const contentOf = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

const ageMsOf = (path: string): number => {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
};

/** @returns false where a file is there already */
const create = (path: string, content: string): boolean => {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

const isStale = (path: string, content: string, { staleAfterMs = Number.POSITIVE_INFINITY, isReentrant = false }: LockOptions): boolean => {
  const isOld = ageMsOf(path) > staleAfterMs;
  // Made but not written yet: its process is between the two, or was killed there.
  if (content === '') return isOld || ageMsOf(path) > markStaleAfterMs;
  const pid = Number.parseInt(content, 10);
  if (pid === process.pid && ownLocks.has(content)) return isReentrant || isOld;
  return isOld || !isOtherProcess(pid);
};

/**
 * Takes a stale lock away. One process at a time may, and it looks again first: otherwise two that saw the stale one
 * could each take away the other's new lock.
 */
const takeAway = (path: string, stale: string): void => {
  const mark = `${path}.taken`;
  try {
    mkdirSync(mark);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (ageMsOf(mark) > markStaleAfterMs) rmSync(mark, { recursive: true, force: true });
    return;
  }
  try {
    if (contentOf(path) === stale) rmSync(path, { force: true });
  } finally {
    rmdirSync(mark);
  }
};

export class ProcessLock {
  readonly #path: string;
  readonly #content: string;
  #touchedMs = Date.now();

  private constructor(path: string, content: string) {
    this.#path = path;
    this.#content = content;
    ownLocks.add(content);
  }

  /**
   * @returns the lock; its holder when another has it; null when a stale one is being taken away, so that it is worth
   *   trying again in a moment
   * @throws what the file system says of a folder that can't be written
   */
  static try(path: string, options: LockOptions = {}): ProcessLock | LockHolder | null {
    const content = `${process.pid} ${randomUUID()}`;
    if (create(path, content)) return new ProcessLock(path, content);
    const found = contentOf(path);
    if (found === null) return null;
    if (!isStale(path, found, options)) return { pid: Number.parseInt(found, 10) };
    takeAway(path, found);
    return create(path, content) ? new ProcessLock(path, content) : null;
  }

  /** As {@link try}, and waits up to half a second for whoever is taking a stale lock away. */
  static take(path: string, options: LockOptions = {}): ProcessLock | LockHolder {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const taken = ProcessLock.try(path, options);
      if (taken !== null) return taken;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, attemptPauseMs);
    }
    return { pid: Number.NaN };
  }

  /** Says that the work goes on; cheap, to be called often. */
  touch(): void {
    const now = Date.now();
    if (now - this.#touchedMs < touchEveryMs) return;
    this.#touchedMs = now;
    try {
      utimesSync(this.#path, now / 1000, now / 1000);
    } catch {
      // Its folder was removed; so was the lock.
    }
  }

  /** Does nothing when somebody else has taken the lock away. */
  release(): void {
    ownLocks.delete(this.#content);
    if (contentOf(this.#path) === this.#content) rmSync(this.#path, { force: true });
  }
}
