/**
 * Copies a project that is open and may be worked on meanwhile. Its logs only grow, so their first bytes, as many as
 * there were when the copy began, are a whole project of that moment.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../shared/errors.ts';
import { replaceFile } from '../../common/atomic-file.ts';
import { checkOutputs, refuseInside } from '../../common/check-outputs.ts';

export interface ProjectCopy {
  /** The project's folder. */
  folder: string;
  /** The copy is made inside this one, under the project's name. */
  parent: string;
  /** The clip to lay beside it, or null. */
  clip: string | null;
  /** Files of the project that the copy has in another form, by name. */
  written: ReadonlyMap<string, string>;
  /** Files that stay behind, by name. */
  leave: ReadonlySet<string>;
  signal: AbortSignal;
  /** Bytes. */
  onProgress(done: number, total: number): void;
}

interface Part {
  from: string;
  /** Inside the copy. */
  to: string;
  bytes: number;
}

const partsOf = async ({ folder, clip, written, leave }: ProjectCopy): Promise<Part[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !leave.has(basename(path)) && !written.has(relative(folder, path)));
  const parts = await Promise.all(files.map(async (from) => ({ from, to: relative(folder, from), bytes: (await stat(from)).size })));
  if (clip && !parts.some(({ to }) => to === basename(clip)))
    parts.push({ from: clip, to: basename(clip), bytes: (await stat(clip)).size });
  return parts;
};

/**
 * @returns the copy's folder; it has its name only when it is whole
 * @throws AppError `cancelled`, `output-exists`, `output-unwritable`, `disk-full`
 */
export const copyProject = async (copy: ProjectCopy): Promise<string> => {
  const { folder, parent, written, signal, onProgress } = copy;
  const target = join(parent, basename(folder));
  await refuseInside(parent, folder);
  await checkOutputs({
    inputs: [folder, ...(copy.clip ? [copy.clip] : [])],
    outputs: [{ path: target, kind: 'folder' }],
    overwrite: false,
  });
  const staged = `${target}.partial-${process.pid}`;
  try {
    const parts = await partsOf(copy);
    const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
    let done = 0;
    onProgress(0, total);
    await mkdir(staged, { recursive: true });
    for (const { from, to, bytes } of parts) {
      const path = join(staged, to);
      await mkdir(dirname(path), { recursive: true });
      if (bytes === 0) {
        await writeFile(path, '', { signal });
        continue;
      }
      const source = createReadStream(from, { end: bytes - 1, highWaterMark: 2 ** 20 });
      source.on('data', (chunk) => {
        done += chunk.length;
        onProgress(done, total);
      });
      await pipeline(source, createWriteStream(path), { signal });
    }
    for (const [name, text] of written) await writeFile(join(staged, name), text, { signal });
    await replaceFile(staged, target);
    return target;
  } catch (cause) {
    await rm(staged, { recursive: true, force: true });
    if (signal.aborted) throw new AppError('cancelled', 'The copy was cancelled.');
    if ((cause as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new AppError('disk-full', `The disk is full: the project could not be copied to ${parent}. Free some space and try again.`, {
        cause,
      });
    throw new AppError('output-unwritable', `The project could not be copied to ${parent}. Choose a folder you may write to.`, { cause });
  }
};
