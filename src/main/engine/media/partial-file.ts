/** A file that gets its name only when it is whole. */
import { open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { isRunning } from '../../common/running-process.ts';

export const unwritable = (output: string, cause: unknown): AppError => {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
  if (code === 'ENOSPC') return diskFull(output);
  return new AppError(
    'output-unwritable',
    `${output} can't be written: ${dirname(output)} refused it (${code}). Choose another folder or change its permissions.`,
    {
      cause,
      details: { path: output },
    },
  );
};

export const diskFull = (output: string): AppError =>
  new AppError(
    'disk-full',
    `The disk is full, so ${output} was not finished and its partial file was removed. Free some space or choose another folder.`,
    {
      details: { path: output },
    },
  );

/** Partial files of this output whose process was killed before it could remove them. */
const removeOrphans = async (output: string): Promise<void> => {
  const prefix = `${basename(output)}.partial-`;
  for (const name of await readdir(dirname(output)).catch(() => [])) {
    const pid = name.startsWith(prefix) ? Number(/^(\d+)(?:\.cut)?\.mp4$/.exec(name.slice(prefix.length))?.[1] ?? Number.NaN) : Number.NaN;
    if (Number.isInteger(pid) && !isRunning(pid)) await rm(join(dirname(output), name), { force: true });
  }
};

/** A second file beside a partial one; a killed process's is removed likewise. */
export const cutPartial = (partial: string): string => partial.replace(/\.mp4$/, '.cut.mp4');

/** Claims `<output>.partial-<pid>.mp4` beside an absolute output path; throws when that folder can't be written. */
export const createPartialFile = async (output: string): Promise<string> => {
  const partial = `${output}.partial-${process.pid}.mp4`;
  try {
    await (await open(partial, 'w')).close();
  } catch (error) {
    throw unwritable(output, error);
  }
  await removeOrphans(output);
  return partial;
};
