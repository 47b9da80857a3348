/** Where the app's own files are: the sample clip, the models and the built window. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, from source and from out/ alike. */
export const findAppRoot = (from: string = import.meta.url): string => {
  let dir = dirname(fileURLToPath(from));
  while (!existsSync(join(dir, 'package.json'))) {
    const parent = dirname(dir);
    if (parent === dir) throw new Error('package.json was not found above the app');
    dir = parent;
  }
  return dir;
};

export interface AppPaths {
  root: string;
  models: string;
  sampleClip: string;
  renderer: string;
}

/** @param root the folder with resources/, models/ and out/ (in a packaged app, its resources) */
export const appPaths = (root: string = findAppRoot()): AppPaths => ({
  root,
  models: join(root, 'models'),
  sampleClip: join(root, 'resources', 'sample.mp4'),
  renderer: join(root, 'out', 'renderer'),
});
