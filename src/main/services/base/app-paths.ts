/** Where the app's own files are: the sample clip, the models and the built window. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, from source and from out/ alike. */
const findAppRoot = (from: string = import.meta.url): string => {
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
  /** The models that come with the app; the variable SAM2_VIDEO_MODELS names another folder of them. */
  models: string;
  /** The clip that comes with the app; the variable SAM2_VIDEO_SAMPLE names another. */
  sampleClip: string;
  renderer: string;
}

/**
 * The folder for what the app keeps for its user, the same for the desktop app, the web host and the command line. The
 * variable SAM2_VIDEO_DATA puts it elsewhere.
 */
export const userDataDir = (
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string => {
  if (env.SAM2_VIDEO_DATA) return resolve(env.SAM2_VIDEO_DATA);
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'sam2-video');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'sam2-video');
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'sam2-video');
};

/** Where installed checkpoints are (engine/model/installed/installed-bundle.ts). */
export const installedModelsDir = (dataDir: string = userDataDir()): string => join(dataDir, 'models');

/** @param root the folder with resources/, models/ and out/ (in a packaged app, its resources) */
export const appPaths = (root: string = findAppRoot()): AppPaths => ({
  root,
  models: process.env.SAM2_VIDEO_MODELS ? resolve(process.env.SAM2_VIDEO_MODELS) : join(root, 'models'),
  sampleClip: process.env.SAM2_VIDEO_SAMPLE ? resolve(process.env.SAM2_VIDEO_SAMPLE) : join(root, 'resources', 'sample.mp4'),
  renderer: join(root, 'out', 'renderer'),
});
