/** Sequences in the DAVIS layout: NAME/frames/*.jpg|png and NAME/masks/*.png with object ids. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { findFfmpeg } from '../src/main/engine/media/ffmpeg-binary.ts';

export interface Sequence {
  name: string;
  width: number;
  height: number;
  frames: string[];
  masks: string[];
}

/** Object ids of a mask PNG, row-major, whatever its bit depth. */
export const readLabels = (path: string): { labels: Uint8Array; width: number; height: number } => {
  const { width, height, data, depth, channels } = decode(readFileSync(path));
  const labels = new Uint8Array(width * height);
  const rowBytes = Math.ceil((width * depth) / 8);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const shift = 8 - depth - ((x * depth) % 8);
      labels[y * width + x] =
        depth < 8 ? (data[y * rowBytes + Math.floor((x * depth) / 8)]! >> shift) & ((1 << depth) - 1) : data[(y * width + x) * channels]!;
    }
  }
  return { labels, width, height };
};

export const listSequences = (folder: string): Sequence[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const files = (kind: string): string[] =>
        readdirSync(join(folder, name, kind))
          .sort()
          .map((file) => join(folder, name, kind, file));
      const masks = files('masks');
      const { width, height } = readLabels(masks[0]!);
      return { name, width, height, frames: files('frames'), masks };
    });

/** A picture as the model's input, stretched to size x size RGB (bicubic, by ffmpeg, as the app's own decoder does). */
export const readModelFrame = async (path: string, size: number): Promise<Uint8Array> => {
  const ffmpeg = await findFfmpeg();
  const child = spawn(ffmpeg, [
    '-v',
    'error',
    '-i',
    path,
    '-vf',
    `scale=${size}:${size}:flags=bicubic+accurate_rnd+full_chroma_int`,
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    'pipe:1',
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  const rgb = Buffer.concat(chunks);
  if (rgb.byteLength !== size * size * 3) throw new Error(`${path} could not be read`);
  return new Uint8Array(rgb);
};

/** The same for pictures of one kind and size, by one ffmpeg for all. */
export const readModelFrames = async (paths: readonly string[], size: number): Promise<Uint8Array[]> => {
  const codec = paths[0]!.endsWith('.png') ? 'png' : 'mjpeg';
  const filter = `scale=${size}:${size}:flags=bicubic+accurate_rnd+full_chroma_int`;
  const input = ['-v', 'error', '-f', 'image2pipe', '-c:v', codec, '-i', 'pipe:0'];
  const child = spawn(await findFfmpeg(), [...input, '-vf', filter, '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1']);
  child.stdin.end(Buffer.concat(paths.map((path) => readFileSync(path))));
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  const rgb = Buffer.concat(chunks);
  const bytes = size * size * 3;
  if (rgb.byteLength !== paths.length * bytes) throw new Error(`${paths[0]} and its neighbours could not be read`);
  return paths.map((_, at) => new Uint8Array(rgb.subarray(at * bytes, (at + 1) * bytes)));
};

/** The set pixel farthest from the outside of an object: where a person would click. */
export const centreOf = (mask: Uint8Array, width: number, height: number): { x: number; y: number } | null => {
  // City-block distance by two sweeps.
  const distance = new Int32Array(mask.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (mask[i]) distance[i] = 1 + Math.min(x > 0 ? distance[i - 1]! : 0, y > 0 ? distance[i - width]! : 0);
    }
  }
  let best = -1;
  for (let y = height - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--) {
      const i = y * width + x;
      if (!mask[i]) continue;
      distance[i] = Math.min(distance[i]!, 1 + (x + 1 < width ? distance[i + 1]! : 0), 1 + (y + 1 < height ? distance[i + width]! : 0));
      if (best < 0 || distance[i]! > distance[best]!) best = i;
    }
  }
  return best < 0 ? null : { x: best % width, y: Math.floor(best / width) };
};
