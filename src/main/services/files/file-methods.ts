/** The contract's methods of the file browser. Every path is checked, as when it is opened. */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Handlers, MethodsOf } from '../base/handlers.ts';
import type { FileThumbnails } from './file-thumbnails.ts';
import { listFolder, listRoots } from './list-folder.ts';

/**
 * @param roots folders that a window may look into; default: the user's own
 * @param checkPath throws AppError `not-allowed` for a path that a client may not use
 */
export const fileMethods = (
  thumbnails: FileThumbnails,
  checkPath: (path: string) => Promise<void>,
  roots: readonly string[] = [homedir()],
): Handlers<MethodsOf<'files'>> => {
  const mayOpen = (path: string): Promise<boolean> =>
    checkPath(path).then(
      () => true,
      () => false,
    );
  return {
    'files.list': async ({ folder }) => {
      if (folder === null) return listRoots(roots);
      const path = resolve(folder);
      await checkPath(path);
      return listFolder(path, mayOpen);
    },
    'files.thumbnail': async ({ path }) => {
      await checkPath(path);
      return { url: await thumbnails.of(resolve(path)) };
    },
  };
};
