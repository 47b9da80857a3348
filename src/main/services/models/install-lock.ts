/**
 * One installation of a model at a time, whichever process does it: a file that says who. A lock whose process is gone, or that
 * nobody has touched for long, is taken over.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rm, rmdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../shared/errors.ts';
import { isRunning } from '../../common/running-process.ts';
import { fileError } from '../download/disk.ts';

/** The process that holds it touches it far more often; after this long its number was given to another program. */
const staleAfterMs = 10 * 60_000;
const touchEveryMs = 30_000;
/** Taking over takes a few ms; after this long its process is gone. */
const markStaleAfterMs = 10_000;
const takePauseMs = 10;
const mostAttempts = 50;

export interface InstallLock {
  /** Says that the work goes on; cheap, to be called often. */
  touch(): void;
  release(): Promise<void>;
}

/** @throws AppError `busy` when another installation of this model is under way */
export const lockFolder = async (folder: string, name: string): Promise<InstallLock> => {
  const path = join(folder, '.lock');
  const own = `${process.pid} ${randomUUID()}`;
  try {
    await mkdir(folder, { recursive: true });
    for (let attempt = 0; ; attempt++) {
      if (await create(path, own)) return held(path, own);
      const holder = await readFile(path, 'utf8').catch(() => null);
      if (holder === null) continue;
      if (attempt >= mostAttempts || !(await isStale(path, holder))) throw busy(name, holder);
      if (!(await takeAway(path, holder))) await delay(takePauseMs);
    }
  } catch (error) {
    throw fileError(error, path);
  }
};

const busy = (name: string, holder: string): AppError => {
  const pid = Number.parseInt(holder, 10);
  const who = pid === process.pid ? 'here' : `by another program${Number.isNaN(pid) ? '' : ` (process ${pid})`}`;
  return new AppError('busy', `${name} is being installed, checked or removed ${who}. Wait until that is done, or cancel it there.`);
};

const create = async (path: string, content: string): Promise<boolean> => {
  try {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

const isStale = async (path: string, holder: string): Promise<boolean> => {
  const pid = Number.parseInt(holder, 10);
  const info = await stat(path).catch(() => null);
  if (info === null) return true;
  const ageMs = Date.now() - info.mtimeMs;
  // Made but not written yet: its process is between the two.
  if (holder === '') return ageMs > staleAfterMs;
  return !Number.isSafeInteger(pid) || pid <= 0 || !isRunning(pid) || ageMs > staleAfterMs;
};

/**
 * Removes a stale lock. One process at a time may, and it looks again first: otherwise two that saw the stale one could each
 * remove the other's new lock.
 * @returns false when another is at it
 */
const takeAway = async (path: string, stale: string): Promise<boolean> => {
  const mark = `${path}.taken`;
  try {
    await mkdir(mark);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const info = await stat(mark).catch(() => null);
    if (info !== null && Date.now() - info.mtimeMs > markStaleAfterMs) await rmdir(mark).catch(() => {});
    return false;
  }
  try {
    if ((await readFile(path, 'utf8').catch(() => null)) === stale) await rm(path, { force: true });
    return true;
  } finally {
    await rmdir(mark).catch(() => {});
  }
};

const held = (path: string, own: string): InstallLock => {
  let touchedMs = Date.now();
  return {
    touch: () => {
      const now = Date.now();
      if (now - touchedMs < touchEveryMs) return;
      touchedMs = now;
      utimes(path, now / 1000, now / 1000).catch(() => {});
    },
    release: async () => {
      if ((await readFile(path, 'utf8').catch(() => '')) === own) await rm(path, { force: true });
    },
  };
};
