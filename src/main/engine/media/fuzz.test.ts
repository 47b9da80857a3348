/**
 * Damaged videos, from a seed: opening, seeking and reading all frames, as tracking does, ends with frames or with a
 * reason. No frame number may be denied by an independent decode. `SAM2_VIDEO_FUZZ=2000` tries more of them,
 * `SAM2_VIDEO_FUZZ_FROM=200` others.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { decodeFrames } from './decode.ts';
import { findFfmpeg } from './ffmpeg-binary.ts';
import { type ProbeResult, probe } from './probe.ts';
import { greyFrames, h264, makeFolder, movingPicture, runSteps } from './testing/ffmpeg-steps.ts';
import { mutateVideo, randomOf } from './testing/mutate-video.ts';

const count = Number(process.env.SAM2_VIDEO_FUZZ ?? 200);
const first = Number(process.env.SAM2_VIDEO_FUZZ_FROM ?? 0);
/** At a time. */
const lanes = 4;
/** Whatever takes longer hangs. */
const mostMs = 60_000;
const frames = 20;
const size = { width: 16, height: 12 };

let folder: Awaited<ReturnType<typeof makeFolder>>;
let ffmpeg: string;
const clips: string[] = [];
const sources: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['b.mp4', h264('-bf', '2', '-g', '8')],
  ['plain.mov', h264('-bf', '0', '-g', '5')],
  ['b.mkv', h264('-bf', '2', '-g', '8')],
  ['b.ts', h264('-bf', '2', '-g', '8')],
  ['old.ts', ['-c:v', 'mpeg2video', '-q:v', '4', '-g', '8']],
  ['old.avi', ['-c:v', 'mpeg4', '-q:v', '4', '-g', '8', '-bf', '1']],
  ['web.webm', ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '8']],
  ['camera.flv', h264('-bf', '0', '-g', '8')],
  ['bare.h264', h264('-bf', '2', '-g', '8')],
  ['film.gif', []],
];

beforeAll(async () => {
  ffmpeg = await findFfmpeg();
  folder = await makeFolder();
  for (const [name, args] of sources) {
    await runSteps(...movingPicture(frames), ...args, folder.at(name));
    clips.push(name);
  }
});
afterAll(() => folder.remove());

const difference = (a: Uint8Array, b: Uint8Array): number => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;

/** Whether this picture is plainly that of another frame. */
const isOther = (picture: Uint8Array, frame: number, all: readonly Buffer[]): boolean =>
  difference(picture, all[frame]!) > 12 && all.some((other) => difference(picture, other) < 3);

const readable = new Set(['source-truncated', 'decode-failed']);

const readAll = async (
  path: string,
  { info, index }: ProbeResult,
  start: number,
  end: number,
  signal: AbortSignal,
): Promise<Uint8Array[]> => {
  const read: Uint8Array[] = [];
  try {
    for await (const { frame, display } of decodeFrames({
      path,
      info,
      index,
      start,
      end,
      display: size,
      model: { size: 8 },
      ffmpeg,
      signal,
    })) {
      expect(frame).toBe(start + read.length);
      read.push(display!.slice(0, size.width * size.height));
    }
  } catch (error) {
    if (!readable.has(AppError.from(error).code)) throw error;
  }
  return read;
};

/** @returns what is wrong; null for nothing */
const faultOf = async (number: number): Promise<string | null> => {
  const random = randomOf(number);
  const name = clips[number % clips.length]!;
  const { kind, data } = mutateVideo(await readFile(folder.at(name)), random);
  const path = folder.at(`mutant-${number}${extname(name)}`);
  await writeFile(path, data);
  const signal = AbortSignal.timeout(mostMs);
  const fault = (what: string): string => `${number} (${name}, ${kind}): ${what}`;
  try {
    const opened = await probe(path, { ffmpeg, signal });
    const { info, index } = opened;
    const independent = await greyFrames(path, `V:${info.stream}`);
    if (info.frameCount !== independent.length) return fault(`${info.frameCount} frames, decoded ${independent.length}`);
    for (let i = 1; i < index.length; i++) if (index.ptsTicks(i) <= index.ptsTicks(i - 1)) return fault(`time of frame ${i}`);
    const all = await readAll(path, opened, 0, index.length - 1, signal);
    const wrong = all.findIndex((picture, i) => isOther(picture, i, independent));
    if (wrong >= 0) return fault(`frame ${wrong} in a row is another`);
    const frame = random(index.length);
    const [picture] = await readAll(path, opened, frame, frame, signal);
    if (picture && isOther(picture, frame, independent)) return fault(`frame ${frame} by a seek is another`);
    return null;
  } catch (error) {
    const { code, message } = AppError.from(error);
    return code.startsWith('source-') ? null : fault(`${code}: ${message}`);
  }
};

it(
  `${count} damaged videos end with frames or with a reason`,
  async () => {
    const faults: string[] = [];
    let next = first;
    const lane = async (): Promise<void> => {
      while (next < first + count) {
        const fault = await faultOf(next++);
        if (fault !== null) faults.push(fault);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    expect(faults).toEqual([]);
  },
  count * 5_000,
);
