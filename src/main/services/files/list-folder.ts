/** What is in a folder that a user may want to open: folders, projects, videos and pictures. */

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { type FileEntry, type FolderListing, mostListed } from '../../../shared/files.ts';
import { compareNames } from '../../../shared/language.ts';
import { isVideoName } from '../../common/video-names.ts';

const pictures = new Set('png jpg jpeg webp tif tiff bmp'.split(' '));

const kindOf = (name: string): 'video' | 'picture' | null => {
  if (isVideoName(name)) return 'video';
  return pictures.has(extname(name).slice(1).toLowerCase()) ? 'picture' : null;
};

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** null for what is neither a folder nor something to open, and for what can't be looked at. */
const entryOf = async (path: string): Promise<FileEntry | null> => {
  const name = basename(path) || path;
  // Links are followed: what counts is what opens.
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  const modifiedAt = Math.round(found.mtimeMs);
  if (found.isDirectory()) {
    const kind = (await isThere(join(path, 'project.json'))) ? 'project' : 'folder';
    return { name, path, kind, bytes: 0, modifiedAt };
  }
  const kind = found.isFile() ? kindOf(name) : null;
  return kind && { name, path, kind, bytes: found.size, modifiedAt };
};

const entriesOf = async (paths: readonly string[]): Promise<FileEntry[]> =>
  (await Promise.all(paths.map(entryOf))).filter((entry) => entry !== null);

const rank = ({ kind }: FileEntry): number => (kind === 'folder' || kind === 'project' ? 0 : 1);
const inOrder = (entries: FileEntry[]): FileEntry[] => entries.sort((a, b) => rank(a) - rank(b) || compareNames(a.name, b.name));

/** The folders to start from. A folder that is not there (yet) is left out. */
export const listRoots = async (roots: readonly string[]): Promise<FolderListing> => {
  const entries = await entriesOf([...new Set(roots)]);
  // Two roots may have the same name, so each is named by its whole path.
  return { folder: null, parent: null, entries: entries.map((entry) => ({ ...entry, name: entry.path })), isCut: false };
};

/**
 * @param mayOpen whether a path lies in the folders that this host may use
 * @throws AppError `source-missing`, `source-unreadable`
 */
export const listFolder = async (folder: string, mayOpen: (path: string) => Promise<boolean>): Promise<FolderListing> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR')
      throw new AppError('source-missing', `There is no folder ${folder}. It may have been moved or renamed; go up and look again.`);
    throw new AppError('source-unreadable', `${folder} can't be read (${error.code}). Check that you may open it.`);
  });
  const shown = names.filter((name) => !name.startsWith('.')).sort(compareNames);
  const entries = inOrder(await entriesOf(shown.map((name) => join(folder, name))));
  // A link may lead out of the allowed folders: what it leads to is not shown.
  const allowed: FileEntry[] = [];
  for (const entry of entries.slice(0, mostListed)) if (await mayOpen(entry.path)) allowed.push(entry);
  const above = dirname(folder);
  const parent = above !== folder && (await mayOpen(above)) ? above : null;
  return { folder, parent, entries: allowed, isCut: entries.length > mostListed };
};
