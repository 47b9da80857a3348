/** One installation of a model at a time, whichever process does it. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../shared/errors.ts';
import { type LockHolder, ProcessLock } from '../../common/process-lock.ts';
import { fileError } from '../download/disk.ts';

/** An installation touches its lock with every report. */
const staleAfterMs = 10 * 60_000;
const pauseMs = 10;
const mostAttempts = 50;

/** @throws AppError `busy` when another installation of this model is under way */
export const lockFolder = async (folder: string, name: string): Promise<ProcessLock> => {
  const path = join(folder, '.lock');
  try {
    await mkdir(folder, { recursive: true });
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const taken = ProcessLock.try(path, { staleAfterMs });
      if (taken instanceof ProcessLock) return taken;
      if (taken !== null) throw busy(name, taken);
      await delay(pauseMs);
    }
    throw busy(name, { pid: Number.NaN });
  } catch (error) {
    throw fileError(error, path);
  }
};

const busy = (name: string, { pid }: LockHolder): AppError => {
  const who = pid === process.pid ? 'here' : `by another program${Number.isNaN(pid) ? '' : ` (process ${pid})`}`;
  return new AppError('busy', `${name} is being installed, checked or removed ${who}. Wait until that is done, or cancel it there.`);
};
