/** Brings a file from elsewhere into the models folder without a second copy where the file system can share blocks. */
import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, realpath, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { checkOutputs } from '../../common/check-outputs.ts';
import { type Disk, fileError, requireSpace } from '../download/disk.ts';
import type { InstallRun } from './install-run.ts';

const pieceBytes = 4 << 20;

/**
 * Makes `target` hold what `source` holds: as a clone that shares its blocks, as a hard link if `isLinked`, or as a
 * copy.
 * @throws AppError `disk-full`, `output-unwritable`, `cancelled`
 */
export const copyCheckpoint = async (
  source: string,
  target: string,
  { bytes, isLinked, disk, signal, onProgress }: { bytes: number; isLinked: boolean; disk: Disk } & InstallRun,
): Promise<void> => {
  await checkOutputs({ inputs: [source], outputs: [{ path: target, kind: 'file' }], overwrite: true });
  const real = await realpath(source);
  await mkdir(dirname(target), { recursive: true }).catch((error: unknown) => Promise.reject(fileError(error, target)));
  await rm(target, { force: true });
  if (isLinked) {
    try {
      await link(real, target);
      return;
    } catch (cause) {
      throw new AppError(
        'output-unwritable',
        `${source} can't be linked into ${dirname(target)}: both must be on the same disk. Import it without --link to copy it instead.`,
        { cause },
      );
    }
  }
  const isCloned = await copyFile(real, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE).then(
    () => true,
    () => false,
  );
  if (isCloned) return;
  await rm(target, { force: true });
  await requireSpace(disk, dirname(target), bytes);
  const from = await open(real, 'r');
  try {
    const part = await disk.openPart(target);
    try {
      const buffer = Buffer.allocUnsafe(pieceBytes);
      for (;;) {
        if (signal.aborted) throw new AppError('cancelled', 'Import cancelled. Nothing was installed.');
        const { bytesRead } = await from.read(buffer, 0, pieceBytes, part.size);
        if (bytesRead === 0) break;
        await part.append(buffer.subarray(0, bytesRead));
        onProgress({ phase: 'transferring', done: part.size, total: bytes });
      }
      await part.sync();
    } finally {
      await part.close();
    }
  } catch (error) {
    throw fileError(error, target);
  } finally {
    await from.close();
  }
};
