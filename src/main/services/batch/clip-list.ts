/** Which clips a batch works on: files, folders, patterns, and lists of them. */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { AppError } from '../../../shared/errors.ts';
import { sha256OfFile } from '../../common/file-checksum.ts';
import { isVideoName } from '../../common/video-names.ts';

export interface BatchClip {
  /** An absolute path. */
  path: string;
  /** The same on every machine that has the folder elsewhere: the path from where the batch looked, with "/". */
  name: string;
}

export interface ClipSearch {
  /** Folders below a folder are looked through too. */
  recursive: boolean;
  /** What lies in this folder is no clip: the batch writes there. */
  out: string;
}

const nameFrom = (folder: string, path: string): string => relative(folder, path).split(sep).join('/');

const expand = async (input: string, { recursive }: ClipSearch): Promise<BatchClip[]> => {
  const path = resolve(input);
  const info = await stat(path).catch(() => null);
  if (info?.isFile() && /\.txt$/i.test(path)) {
    const lines = (await readFile(path, 'utf8')).split(/\r?\n/).map((line) => line.trim());
    const named = lines.filter((line) => line !== '' && !line.startsWith('#'));
    return named.map((line) => ({ path: resolve(dirname(path), line), name: nameFrom(dirname(path), resolve(dirname(path), line)) }));
  }
  if (info?.isFile()) return [{ path, name: basename(path) }];
  if (info?.isDirectory()) {
    const entries = await readdir(path, { recursive, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && isVideoName(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => ({ path: file, name: nameFrom(path, file) }));
  }
  if (!isDynamicPattern(input))
    throw new AppError(
      'source-missing',
      `There is no ${input}. Give a folder, a clip, a pattern such as "*.mp4", or a .txt file of paths.`,
    );
  const found = await glob(input.split(sep).join('/'), { absolute: true, dot: false, onlyFiles: true });
  return found.filter(isVideoName).map((file) => ({ path: resolve(file), name: nameFrom(process.cwd(), file) }));
};

/**
 * Each clip once, in the order of their names.
 * @throws AppError `source-missing` for an input that is not there, `source-empty` when there is no clip at all
 */
export const listClips = async (inputs: readonly string[], search: ClipSearch): Promise<BatchClip[]> => {
  const out = resolve(search.out);
  const byPlace = new Map<string, BatchClip>();
  for (const input of inputs) {
    for (const clip of await expand(input, search)) {
      if (clip.path.startsWith(out + sep)) continue;
      const place = await realpath(clip.path).catch(() => clip.path);
      if (!byPlace.has(place)) byPlace.set(place, clip);
    }
  }
  if (byPlace.size === 0) throw new AppError('source-empty', `There is no video in ${inputs.join(', ')}. Add -r for the folders below it.`);
  return [...byPlace.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
};

/** sha256 of the whole file. @throws AppError `source-missing` */
export const checksumOf = async (path: string, signal: AbortSignal): Promise<string> => {
  try {
    return await sha256OfFile(path, signal);
  } catch (cause) {
    if (signal.aborted) throw new AppError('cancelled', 'The work was cancelled.', { cause });
    throw new AppError('source-missing', `${path} can't be read (${(cause as NodeJS.ErrnoException).code}). Check the path.`, { cause });
  }
};
