/** Steps of making a clip for a test, and what an independent decoder says of it. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg, passthroughArgs } from '../ffmpeg-binary.ts';

const run = promisify(execFile);

/** Runs ffmpeg, which has to succeed. */
export const runSteps = async (...args: string[]): Promise<void> => {
  await run(await findFfmpeg(), ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', ...args], { maxBuffer: 1 << 26 });
};

/** A test picture that differs from frame to frame. */
export const movingPicture = (frames: number, size = '160x120', rate = '25'): string[] => [
  ...['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}`, '-frames:v', String(frames)],
];

export const h264 = (...more: string[]): string[] => ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', ...more];

/** A folder for one test file, with what is made in it. */
export const makeFolder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'sam2-video-footage-'));
  const at = (name: string): string => join(path, name);
  return {
    at,
    join: async (name: string, ...parts: string[]): Promise<string> => {
      await writeFile(at(name), Buffer.concat(await Promise.all(parts.map((part) => readFile(part)))));
      return at(name);
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
};

/** All frames that ffmpeg decodes, small and grey, in the order it puts them out. @param stream by ffmpeg's name */
export const greyFrames = async (path: string, stream = 'V:0', filter = ''): Promise<Buffer[]> => {
  const size = 16 * 12;
  const { stdout } = await run(
    await findFfmpeg(),
    [
      ...['-hide_banner', '-loglevel', 'quiet', '-nostdin', '-copyts', '-i', path, '-map', `0:${stream}`],
      ...['-vf', `${filter}scale=16:12:flags=area,format=gray`, ...passthroughArgs, '-f', 'rawvideo', '-'],
    ],
    { encoding: 'buffer', maxBuffer: 1 << 28 },
  );
  return Array.from({ length: Math.floor(stdout.length / size) }, (_, i) => stdout.subarray(i * size, (i + 1) * size));
};
