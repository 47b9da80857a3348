/** Files that appear under their final name only when they are whole, and folders to put them in. */
import { existsSync } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { writeAtomically, writeStaged } from './atomic-file.ts';

/** Text is handed to the disk in parts of about so many characters. */
const partLength = 1 << 18;

const writable = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC')
      throw new AppError('disk-full', `The disk is full: ${path} could not be written. Free some space and export again.`, { cause });
    throw new AppError('output-unwritable', `${path} could not be written (${code ?? String(cause)}). Choose a folder you may write to.`, {
      cause,
      details: { path },
    });
  }
};

/** What is exported can be made again, and a folder of masks would wait for the disk with each of them. */
const exported = { isDurable: false };

/** Writes a file under its final name only when it is whole. @throws AppError `output-unwritable` or `disk-full` */
export const writeWhole = (path: string, data: Uint8Array | string): Promise<void> =>
  writable(path, () => writeAtomically(path, data, exported));

/**
 * As {@link writeWhole}, for text that is too long to be made at once; others get their turn between its parts.
 * @throws AppError `cancelled`, `output-unwritable` or `disk-full`; then nothing is left
 */
export const writeWholeFrom = (path: string, parts: Iterable<string>, signal: AbortSignal): Promise<void> =>
  writable(path, () => writeStaged(path, (staged) => writeParts(staged, parts, signal), exported));

const writeParts = async (path: string, parts: Iterable<string>, signal: AbortSignal): Promise<void> => {
  const file = await open(path, 'w');
  try {
    let text = '';
    for (const part of parts) {
      text += part;
      if (text.length < partLength) continue;
      if (signal.aborted) throw new AppError('cancelled', 'The work was cancelled.');
      await file.appendFile(text);
      text = '';
    }
    await file.appendFile(text);
  } finally {
    await file.close();
  }
};

/**
 * Folder by folder: mkdir's own `recursive` never comes back from a file system where a folder can't be made and the
 * answer is that there is none (/proc, some network mounts).
 */
const makeFolder = async (path: string, isSecondTry = false): Promise<void> => {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if ((await stat(path).catch(() => null))?.isDirectory()) return;
    const parent = dirname(path);
    if (code !== 'ENOENT' || parent === path || isSecondTry) throw error;
    // A parent that is there by now was made by somebody else meanwhile.
    if (!existsSync(parent)) await makeFolder(parent);
    await makeFolder(path, true);
  }
};

export const ensureFolder = (path: string): Promise<void> => writable(path, () => makeFolder(path));
