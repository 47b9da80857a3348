/**
 * Files that are whole or not there: they are written beside their place under a name of their own, then renamed. The
 * one writer of the app, so that fsync and the patience Windows needs are in one place.
 *
 * write-file-atomic does the same without that patience, adds 13 ms to every start and can't fill a file in pieces.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface AtomicOptions {
  /** Permissions of a new file. */
  mode?: number;
  /** false for what can be made again: a power cut may then leave an empty file under the final name. */
  isDurable?: boolean;
}

/**
 * A scanner or an indexer that has just opened a file holds it for some ms, in which Windows refuses to rename over it.
 */
const heldCodes = new Set(['EPERM', 'EBUSY', 'EACCES']);
const firstPauseMs = 5;
const mostAttempts = 10;

/** ms to wait before the next attempt; null when there is none. 2.5 s in all. */
const pauseAfter = (error: unknown, attempt: number, platform: NodeJS.Platform): number | null => {
  const isHeld = platform === 'win32' && heldCodes.has((error as NodeJS.ErrnoException).code ?? '');
  return isHeld && attempt < mostAttempts ? firstPauseMs * 2 ** (attempt - 1) : null;
};

/** The file system's part, replaced in tests. */
export interface RenameParts {
  platform: NodeJS.Platform;
  rename: (from: string, to: string) => Promise<void>;
}

/** Renames over what may be there. @throws whatever the file system says */
export const replaceFile = async (from: string, to: string, parts: RenameParts = { platform: process.platform, rename }): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await parts.rename(from, to);
      return;
    } catch (error) {
      const pauseMs = pauseAfter(error, attempt, parts.platform);
      if (pauseMs === null) throw error;
      await delay(pauseMs);
    }
  }
};

/** Gives a folder its name, in place of the one that has it: what it holds is of this run alone. */
export const replaceFolder = async (from: string, to: string): Promise<void> => {
  const former = `${from}.former`;
  const isReplaced = existsSync(to);
  if (isReplaced) await replaceFile(to, former);
  try {
    await replaceFile(from, to);
  } catch (error) {
    if (isReplaced) await replaceFile(former, to);
    throw error;
  }
  await rm(former, { recursive: true, force: true });
};

/** As {@link replaceFile}, for what must be done before anything else happens. */
export const replaceFileSync = (from: string, to: string): void => {
  for (let attempt = 1; ; attempt++) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      const pauseMs = pauseAfter(error, attempt, process.platform);
      if (pauseMs === null) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
  }
};

let staged = 0;
const stagedPath = (path: string): string => `${path}.partial-${process.pid}-${++staged}`;

const syncFile = async (path: string): Promise<void> => {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
};

/**
 * @param fill makes the file at the path it is given
 * @throws what `fill` and the file system throw; then nothing new is left, and a former file is as it was
 */
export const writeStaged = async (
  path: string,
  fill: (staged: string) => Promise<void>,
  { isDurable = true }: AtomicOptions = {},
): Promise<void> => {
  const own = stagedPath(path);
  try {
    await fill(own);
    if (isDurable) await syncFile(own);
    await replaceFile(own, path);
  } catch (error) {
    await rm(own, { force: true });
    throw error;
  }
};

export const writeAtomically = (path: string, data: string | Uint8Array, options: AtomicOptions = {}): Promise<void> =>
  writeStaged(path, (own) => writeFile(own, data, { mode: options.mode }), options);

/** As {@link writeAtomically}, for what must be on the disk before anything else happens. */
export const writeAtomicallySync = (path: string, data: string | Uint8Array): void => {
  const own = stagedPath(path);
  try {
    writeFileSync(own, data);
    const fd = openSync(own, 'r+');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    replaceFileSync(own, path);
  } catch (error) {
    rmSync(own, { force: true });
    throw error;
  }
};

const jsonOf = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

/** A value as JSON, in a folder that is made if it is not there. */
export const writeJson = async (path: string, value: unknown, options: AtomicOptions = {}): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeAtomically(path, jsonOf(value), options);
};

export const writeJsonSync = (path: string, value: unknown): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeAtomicallySync(path, jsonOf(value));
};
