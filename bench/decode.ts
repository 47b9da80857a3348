/**
 * `npm run bench:decode [-- --rounds 5]`: a clip is opened, its frames are listed and all are decoded to whole planes,
 * beside `ffmpeg -f null` on the same clip: H.264, HEVC and VP9 at 720p and 4K. They take turns, so that other work on
 * the machine slows both. Time on the clock, and CPU time of all processes, where Linux tells it. Fails when the median
 * share of ffmpeg's speed is under 0.9, by CPU time where it is known.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { findFfmpeg } from '../src/main/engine/media/ffmpeg-binary.ts';
import { MediaSource } from '../src/main/engine/pipeline/media-source.ts';
import { appPaths } from '../src/main/services/base/app-paths.ts';
import { median } from './statistics.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, only: { type: 'string', default: '' } } });
const least = 0.9;
const sizes = [
  { size: '720p', width: 1280, height: 720, frames: 300 },
  { size: '4K', width: 3840, height: 2160, frames: 60 },
];
const codecs = [
  { codec: 'H.264', extension: 'mp4', args: ['-c:v', 'libx264', '-preset', 'veryfast'] },
  { codec: 'HEVC', extension: 'mp4', args: ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none'] },
  {
    codec: 'VP9',
    extension: 'webm',
    args: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-row-mt', '1', '-b:v', '4M'],
  },
];
const ffmpeg = await findFfmpeg();
const folder = await mkdtemp(join(tmpdir(), 'sam2-video-decode-'));
const run = promisify(execFile);
const quiet = ['-nostdin', '-loglevel', 'error', '-y'];

interface Cost {
  wall: number;
  /** Seconds of this process and of the children that have ended; null where nobody tells it. */
  cpu: number | null;
}

/** Hundredths of a second, of all threads, children included. */
const cpuSeconds = (): number | null => {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]!.split(' ');
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
  } catch {
    return null;
  }
};

const costOf = async (work: () => Promise<unknown>): Promise<Cost> => {
  const [wall, cpu] = [performance.now(), cpuSeconds()];
  await work();
  return { wall: (performance.now() - wall) / 1000, cpu: cpu === null ? null : cpuSeconds()! - cpu };
};

const measure = async (clip: string, frames: number): Promise<{ open: Cost; whole: Cost; bare: Cost }> => {
  const bare = await costOf(() => run(ffmpeg, [...quiet, '-i', clip, '-map', '0:v:0', '-f', 'null', '-']));
  let source: MediaSource | null = null;
  const open = await costOf(async () => {
    source = await MediaSource.open(clip, ffmpeg);
  });
  const decode = await costOf(async () => {
    let count = 0;
    for await (const _ of source!.decodeFull(0, source!.index.length - 1, new AbortController().signal)) count++;
    if (count !== frames) throw new Error(`${clip}: ${count} of ${frames} frames`);
  });
  source!.close();
  const whole = { wall: open.wall + decode.wall, cpu: open.cpu === null || decode.cpu === null ? null : open.cpu + decode.cpu };
  return { open, whole, bare };
};

const shares: number[] = [];
try {
  console.log(`median of ${values.rounds} rounds; share: speed of opening and decoding, ffmpeg -f null = 1\n`);
  console.log('| clip | ffmpeg, frames/s | ours, frames/s | share | CPU: ffmpeg, s | ours, s | of that opening, s | share |');
  console.log('|---|---|---|---|---|---|---|---|');
  for (const { size, width, height, frames } of sizes)
    for (const { codec, extension, args } of codecs) {
      const name = `${codec} ${size}`;
      if (values.only !== '' && !values.only.split(',').some((word) => name.includes(word))) continue;
      const clip = join(folder, `${codec}-${size}.${extension}`);
      const input = [...quiet, '-stream_loop', '-1', '-i', appPaths().sampleClip, '-vf', `scale=${width}:${height}`];
      await run(ffmpeg, [...input, '-frames:v', String(frames), '-an', '-pix_fmt', 'yuv420p', ...args, clip]);
      const rounds: Awaited<ReturnType<typeof measure>>[] = [];
      for (let round = 0; round < Number(values.rounds); round++) rounds.push(await measure(clip, frames));
      await rm(clip);
      const of = (pick: (round: (typeof rounds)[number]) => number): number => median(rounds.map(pick));
      const wall = of(({ bare, whole }) => bare.wall / whole.wall);
      const cpu = rounds[0]!.bare.cpu === null ? null : of(({ bare, whole }) => bare.cpu! / whole.cpu!);
      shares.push(cpu ?? wall);
      const text = (value: number | null, digits: number): string => (value === null ? '-' : value.toFixed(digits));
      const seconds = (pick: (round: (typeof rounds)[number]) => number | null): string =>
        text(
          of((round) => pick(round) ?? 0),
          2,
        );
      const rates = `${of(({ bare }) => frames / bare.wall).toFixed(0)} | ${of(({ whole }) => frames / whole.wall).toFixed(0)}`;
      const times = `${seconds(({ bare }) => bare.cpu)} | ${seconds(({ whole }) => whole.cpu)} | ${seconds(({ open }) => open.cpu)}`;
      console.log(`| ${name} | ${rates} | ${wall.toFixed(2)} | ${times} | ${text(cpu, 2)} |`);
    }
} finally {
  await rm(folder, { recursive: true, force: true });
}
if (shares.some((share) => share < least)) {
  console.error(`\nLess than ${least} of ffmpeg's speed.`);
  process.exitCode = 1;
}
