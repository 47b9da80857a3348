/**
 * sha256 of a file as it is on the disk now, whatever was remembered of it (engine/model/bundle/file-hash.ts
 * remembers).
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { AppError } from '../../../shared/errors.ts';
import type { InstallRun } from './install-run.ts';

const pieceBytes = 1 << 20;

/** @throws AppError `cancelled`, `model-corrupt` when the file can't be read */
export const rehash = async (path: string, { signal, onProgress }: InstallRun): Promise<{ sha256: string; bytes: number }> => {
  const hash = createHash('sha256');
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const buffer = Buffer.allocUnsafe(pieceBytes);
      let done = 0;
      for (;;) {
        if (signal.aborted) throw new AppError('cancelled', 'Verification cancelled.');
        const { bytesRead } = await file.read(buffer, 0, pieceBytes, done);
        if (bytesRead === 0) return { sha256: hash.digest('hex'), bytes: done };
        hash.update(buffer.subarray(0, bytesRead));
        done += bytesRead;
        onProgress({ phase: 'checking', done, total: size });
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new AppError('model-corrupt', `${path} can't be read (${code}). Check its permissions and the disk.`, { cause: error });
  }
};
