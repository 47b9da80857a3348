/**
 * Clips for tests, made by ffmpeg into a folder of their own: every shape of file that the media code must get right,
 * and every kind of bad file that it must refuse. Nothing here is committed as a binary.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg, passthroughArgs } from '../ffmpeg-binary.ts';
import { type ProbeResult, probe } from '../probe.ts';

const run = promisify(execFile);

const ffmpeg = async (...args: string[]): Promise<void> => {
  await run(await findFfmpeg(), ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', ...args], { maxBuffer: 1 << 24 });
};

const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
/** B-frames, two references, key frames every 30: what a real encoder makes. */
const withBFrames = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', '-g', '30', '-pix_fmt', 'yuv420p'];
const moving = (size: string, rate: string, seconds: number): string[] => [
  '-f',
  'lavfi',
  '-i',
  `testsrc2=s=${size}:r=${rate}:d=${seconds}`,
];
const tone = (seconds: number): string[] => ['-f', 'lavfi', '-i', `sine=d=${seconds}:r=48000`];
/** Drops every third and fourth frame of seven and shifts the rest off the grid. */
const unevenTimes = "select='not(between(mod(n,7),3,4))',settb=1/90000,setpts='PTS+mod(N*137,700)'";

/** Frames of the moving test picture, 320x240 unless said; rates and lengths are in the recipes. */
const recipes = {
  cfr: (out: string) => ffmpeg(...moving('320x240', '25', 3), ...tone(3), ...withBFrames, '-c:a', 'aac', out),
  silent: (out: string) => ffmpeg(...moving('320x240', '30000/1001', 2), ...x264, out),
  vfr: async (out: string) =>
    ffmpeg(
      ...moving('320x240', '30', 4),
      ...tone(4),
      '-vf',
      unevenTimes,
      ...passthroughArgs,
      '-enc_time_base',
      '1:90000',
      ...withBFrames,
      '-video_track_timescale',
      '90000',
      '-c:a',
      'aac',
      out,
    ),
  large: (out: string) => ffmpeg(...moving('1280x720', '25', 4), ...x264, out),
  odd: (out: string) =>
    ffmpeg(...moving('322x242', '25', 1), '-vf', 'format=yuv444p,crop=321:241:0:0:exact=1', '-c:v', 'libx264', '-preset', 'ultrafast', out),
  aspect: (out: string) => ffmpeg(...moving('160x120', '25', 1), '-vf', 'setsar=2/1', ...x264, out),
  fullRange: (out: string) =>
    ffmpeg(...moving('320x240', '25', 1), '-vf', 'scale=out_range=pc', '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', out),
  /** As phones film: ten bits a sample, HEVC. */
  tenBit: (out: string) =>
    ffmpeg(
      ...moving('320x240', '25', 1),
      '-c:v',
      'libx265',
      '-preset',
      'ultrafast',
      '-x265-params',
      'log-level=none',
      '-pix_fmt',
      'yuv420p10le',
      out,
    ),
  /** As editors hand out: with transparency. */
  alpha: (out: string) => ffmpeg(...moving('320x240', '25', 1), '-c:v', 'prores_ks', '-profile:v', '4444', '-pix_fmt', 'yuva444p10le', out),
  onePixel: (out: string) => ffmpeg(...moving('16x16', '25', 1), '-vf', 'format=yuv444p,crop=1:1:0:0:exact=1', '-c:v', 'ffv1', out),
  /** Two hundred milliseconds of work for ffmpeg, and many frames. */
  long: (out: string) => ffmpeg(...moving('32x32', '25', 40), ...x264, out),
  single: (out: string) => ffmpeg(...moving('320x240', '25', 1), '-frames:v', '1', ...x264, out),
} as const;

const derived = {
  rotated: async (out: string, folder: string) => {
    await ffmpeg('-i', join(folder, 'silent.mp4'), '-c', 'copy', out);
    await turnTrackMatrix(out);
  },
  editList: (out: string, folder: string) => ffmpeg('-ss', '0.5', '-i', join(folder, 'cfr.mp4'), '-c', 'copy', out),
  /** A recording that goes from one size to another, with a part missing between. */
  resized: async (out: string, folder: string) => {
    const parts: Buffer[] = [];
    for (const [i, size] of ['320x240', '640x360'].entries()) {
      const part = join(folder, `part-${i}.tmp.ts`);
      await ffmpeg(...moving(size, '25', 1), ...x264, '-output_ts_offset', String(2 * i), '-f', 'mpegts', part);
      parts.push(await readFile(part));
      await rm(part);
    }
    await writeFile(out, Buffer.concat(parts));
  },
  /** A picture that is a cover, not a film. */
  song: (out: string) =>
    ffmpeg(
      ...tone(1),
      ...moving('64x64', '25', 1),
      '-frames:v',
      '1',
      '-c:v',
      'mjpeg',
      '-disposition:v',
      'attached_pic',
      '-c:a',
      'libmp3lame',
      out,
    ),
  audioOnly: (out: string) => ffmpeg(...tone(1), '-c:a', 'aac', out),
  transportStream: (out: string, folder: string) =>
    ffmpeg('-i', join(folder, 'cfr.mp4'), '-c', 'copy', '-output_ts_offset', '40', '-f', 'mpegts', out),
  matroska: (out: string, folder: string) => ffmpeg('-i', join(folder, 'silent.mp4'), '-c', 'copy', '-f', 'matroska', out),
  /** Open groups of pictures in a format without a key frame table: the hardest to seek in. */
  openGop: (out: string) =>
    ffmpeg(...moving('320x240', '25', 3), '-c:v', 'libx264', '-x264-params', 'open-gop=1:keyint=20', '-bf', '3', '-f', 'mpegts', out),
  packedAvi: (out: string) => ffmpeg(...moving('320x240', '25', 2), '-c:v', 'mpeg4', '-bf', '2', '-f', 'avi', out),
  truncated: async (out: string, folder: string) => {
    const whole = join(folder, 'faststart.tmp.mp4');
    await ffmpeg('-i', join(folder, 'large.mp4'), '-c', 'copy', '-movflags', '+faststart', whole);
    const bytes = await readFile(whole);
    await writeFile(out, bytes.subarray(0, Math.floor(bytes.length / 2)));
    await rm(whole);
  },
  damaged: async (out: string, folder: string) => {
    const bytes = await readFile(join(folder, 'cfr.mp4'));
    bytes.fill(0xa5, Math.floor(bytes.length * 0.4), Math.floor(bytes.length * 0.5));
    await writeFile(out, bytes);
  },
  truncatedNoIndex: async (out: string, folder: string) => {
    const bytes = await readFile(join(folder, 'large.mp4'));
    await writeFile(out, bytes.subarray(0, Math.floor(bytes.length / 2)));
  },
  notVideo: (out: string) => writeFile(out, 'This is a letter, not a film.\n'.repeat(200)),
  noise: (out: string) => writeFile(out, Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 7919 + (i >> 3) * 104729) & 255))),
  zeroByte: (out: string) => writeFile(out, ''),
} as const;

const extensions: Partial<Record<ClipName, string>> = {
  transportStream: 'ts',
  openGop: 'ts',
  matroska: 'mkv',
  packedAvi: 'avi',
  fullRange: 'mov',
  alpha: 'mov',
  onePixel: 'mkv',
  resized: 'ts',
  song: 'mp3',
  notVideo: 'txt',
};

export type ClipName = keyof typeof recipes | keyof typeof derived;

/** Writes a quarter turn into the first track header's matrix, as a phone held upright does. */
const turnTrackMatrix = async (path: string): Promise<void> => {
  const bytes = await readFile(path);
  const at = bytes.indexOf('tkhd', 0, 'latin1');
  // After the type: version and flags (4), times, ids, duration (20 in version 0), reserved (8), layer ... reserved
  // (8), matrix.
  const matrix = at + 4 + 4 + 20 + 8 + 8;
  const turn = [0, 0x10000, 0, -0x10000, 0, 0, 240 << 16, 0, 0x40000000];
  for (const [i, value] of turn.entries()) bytes.writeInt32BE(value, matrix + 4 * i);
  await writeFile(path, bytes);
};

export interface Clips {
  folder: string;
  path: (name: ClipName) => string;
  /** Looked at once, however often it is asked for. */
  open: (name: ClipName) => Promise<ProbeResult>;
  remove: () => Promise<void>;
}

/** Makes the named clips (and what they derive from) in a new temporary folder. */
export const makeClips = async (names: readonly ClipName[]): Promise<Clips> => {
  const folder = await mkdtemp(join(tmpdir(), 'sam2-video-clips-'));
  const path = (name: ClipName): string => join(folder, `${name}.${extensions[name] ?? 'mp4'}`);
  const needed = new Set<ClipName>(names);
  for (const name of ['editList', 'transportStream', 'damaged'] as const) if (needed.has(name)) needed.add('cfr');
  for (const name of ['rotated', 'matroska'] as const) if (needed.has(name)) needed.add('silent');
  for (const name of ['truncated', 'truncatedNoIndex'] as const) if (needed.has(name)) needed.add('large');
  for (const name of Object.keys(recipes) as (keyof typeof recipes)[]) if (needed.has(name)) await recipes[name](path(name));
  for (const name of Object.keys(derived) as (keyof typeof derived)[]) if (needed.has(name)) await derived[name](path(name), folder);
  const opened = new Map<ClipName, Promise<ProbeResult>>();
  const open = (name: ClipName): Promise<ProbeResult> => {
    const known = opened.get(name) ?? findFfmpeg().then((found) => probe(path(name), { ffmpeg: found }));
    opened.set(name, known);
    return known;
  };
  return { folder, path, open, remove: () => rm(folder, { recursive: true, force: true }) };
};

/** Time stamps of all decoded frames in ticks, as ffprobe tells them: the independent witness. */
export const ffprobeFramePts = async (path: string): Promise<number[]> => {
  const { stdout } = await run('ffprobe', ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'frame=pts', '-of', 'csv=p=0', path], {
    maxBuffer: 1 << 26,
  });
  return stdout
    .split('\n')
    .map((line) => line.replace(/,.*$/, '').trim())
    .filter((line) => line !== '')
    .map(Number);
};

/** One field of a stream ("v:0", "a:0") as ffprobe tells it. */
export const ffprobeStream = async (path: string, stream: string, field: string): Promise<string> => {
  const { stdout } = await run('ffprobe', [
    '-v',
    'error',
    '-select_streams',
    stream,
    '-show_entries',
    `stream=${field}`,
    '-of',
    'csv=p=0',
    path,
  ]);
  return stdout.trim().replace(/,$/, '');
};
