/**
 * Puts a checkpoint beside the graphs without a second copy where the file system allows. ONNX Runtime refuses external
 * data behind a symbolic link out of the graph's folder, behind "..", and under an absolute path; a clone or a hard
 * link is a file of the folder to it. A clone comes first because later writes to the user's file can't reach it: ONNX
 * Runtime maps the file, so a hard-linked one that is rewritten in place changes a running model, and one that is cut
 * short ends the process.
 */
import { constants } from 'node:fs';
import { copyFile, link, lstat, realpath, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import type { StagedFiles } from './staged-files.ts';

export type Placement = 'in-place' | 'cloned' | 'linked' | 'copied' | 'converted';

/**
 * Makes `checkpointPath` a file of the staged folder, as `name` unless it lies there already. `ownCopy` rules out a
 * hard link.
 */
export async function placeWeights(
  checkpointPath: string,
  staged: StagedFiles,
  { name, ownCopy }: { name: string; ownCopy: boolean },
): Promise<{ name: string; placement: Placement }> {
  const source = await realpath(checkpointPath);
  const folder = await realpath(staged.dir);
  if (dirname(source) === folder && isPlainName(basename(source))) return { name: basename(source), placement: 'in-place' };
  if (!ownCopy && (await isSameFile(source, join(folder, name)))) return { name, placement: 'in-place' };

  const target = staged.pathFor(name);
  if (await succeeds(() => copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE))) {
    return { name, placement: 'cloned' };
  }
  if (!ownCopy && (await succeeds(() => link(source, target)))) return { name, placement: 'linked' };
  await needSpace(folder, (await stat(source)).size);
  await copyFile(source, target, constants.COPYFILE_EXCL);
  return { name, placement: 'copied' };
}

/** Throws 'disk-full' before a write that can't fit. */
export async function needSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const megabytes = (count: number) => `${Math.ceil(count / 1e6)} MB`;
  throw new AppError(
    'disk-full',
    `The weights need ${megabytes(bytes)} in ${folder}, and ${megabytes(free)} are free. Free some space and try again.`,
    {
      details: { folder, bytes, free },
    },
  );
}

/** Whether `b` is the file `a`; a symbolic link to it is not. */
async function isSameFile(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([stat(a, { bigint: true }), lstat(b, { bigint: true }).catch(() => null)]);
  return right !== null && left.ino === right.ino && left.dev === right.dev;
}

/** Only a name that the manifest may hold. */
const isPlainName = (name: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,199}$/.test(name) && !name.endsWith('.');

async function succeeds(operation: () => Promise<void>): Promise<boolean> {
  try {
    await operation();
    return true;
  } catch {
    return false;
  }
}
