/** The frames of the embedded model's recording (models/parity/record_nano.py), a video in RGB of the model's size. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';

export const nanoFixture = resolve(import.meta.dirname, '../fixtures/nano-parity');

export interface NanoVideo {
  width: number;
  height: number;
  frames: number;
  image_size: number;
}

export const nanoVideo = (JSON.parse(readFileSync(join(nanoFixture, 'scenario.json'), 'utf8')) as { video: NanoVideo }).video;

/** RGB, [S, S, 3] a frame. */
export const readNanoFrames = async (): Promise<Uint8Array[]> => {
  const input = ['-v', 'error', '-i', join(nanoFixture, 'frames.mkv'), '-vsync', 'passthrough'];
  const raw = execFileSync(await findFfmpeg(), [...input, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'], { maxBuffer: 64 * 2 ** 20 });
  const bytes = nanoVideo.image_size ** 2 * 3;
  return Array.from({ length: nanoVideo.frames }, (_, frame) => new Uint8Array(raw.subarray(frame * bytes, (frame + 1) * bytes)));
};
