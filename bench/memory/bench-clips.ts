/** Clips for the memory bench, made of the sample. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import { appPaths } from '../../src/main/services/base/app-paths.ts';

export interface ClipSize {
  width: number;
  height: number;
}

/** The sample again and again. @returns the clip's path */
export const loopedClip = async (folder: string, frames: number, { width, height }: ClipSize): Promise<string> => {
  const out = join(folder, `looped-${width}x${height}-${frames}.mp4`);
  const encode = ['-vf', `scale=${width}:${height}`, '-frames:v', String(frames), '-an', '-c:v', 'libx264', '-preset', 'ultrafast', out];
  await promisify(execFile)(await findFfmpeg(), [
    ...['-loglevel', 'error', '-y', '-stream_loop', '-1', '-i', appPaths().sampleClip],
    ...encode,
  ]);
  return out;
};
