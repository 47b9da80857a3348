/**
 * Folders that appear whole: made beside their place under a name of their own, and moved there at the end. Several
 * processes may make the same one at once.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../../shared/errors.ts';
import { isStagedFolder } from '../../api/installed-model.ts';

const stagedIdLength = 12;
/** A holder of the mark needs a few ms; after 100 pauses it is taken for dead. */
const markPauseMs = 20;
const mostPauses = 100;

/** Where the folder for `outDir` is made. */
export const stagedPath = (outDir: string): string =>
  join(dirname(outDir), `.${basename(outDir)}.${randomBytes(stagedIdLength / 2).toString('hex')}`);

/**
 * Puts a finished folder in its place.
 * @param isDone whether what is there already is as good, put there by another process: then it stays
 * @throws AppError `busy` when another program holds the place
 */
export async function moveInto(outDir: string, staged: string, isDone: () => Promise<boolean>): Promise<void> {
  const mark = `${staged.slice(0, -stagedIdLength)}${'0'.repeat(stagedIdLength)}`;
  for (let attempt = 1; ; attempt++) {
    if (await renamed(staged, outDir)) return;
    if (await isDone()) return;
    // A former one is in the way. Only who holds the mark takes it away, so that nobody takes away its successor.
    if (await succeeds(mkdir(mark))) {
      try {
        if (!(await isDone())) await renamed(outDir, `${staged}.former`);
        if (await renamed(staged, outDir)) return;
      } finally {
        await rm(mark, { recursive: true, force: true });
        await rm(`${staged}.former`, { recursive: true, force: true });
      }
    } else {
      await delay(markPauseMs);
    }
    if (attempt % mostPauses === 0) await rm(mark, { recursive: true, force: true });
    if (attempt > 2 * mostPauses) throw new AppError('busy', `${outDir} is in use by another program. Close it and try again.`);
  }
}

/** false where something is in the way. */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'EPERM', 'ENOENT', 'EBUSY', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

const abandonedAfterMs = 3_600_000;

/** Removes what was left by a process that was killed. */
export async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!isStagedFolder(name)) continue;
    const info = await stat(join(folder, name)).catch(() => null);
    if (info !== null && Date.now() - info.mtimeMs > abandonedAfterMs) await rm(join(folder, name), { recursive: true, force: true });
  }
}
