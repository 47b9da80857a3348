/**
 * `npm run bench:export [-- --rounds 5]`: an export of the annotated video, alone and with masks, beside bare ffmpeg
 * that decodes the same clip and encodes it with the same settings, at 720p and 4K. They take turns, so that other work
 * on the machine slows both. Fails when the median share of bare ffmpeg's speed is under 0.7 for the video.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { exportResults } from '../src/main/engine/export/export-results.ts';
import type { FrameMasks } from '../src/main/engine/export/mask-feed.ts';
import { usualQuality } from '../src/main/engine/media/encoder-args.ts';
import { findFfmpeg } from '../src/main/engine/media/ffmpeg-binary.ts';
import { MediaSource } from '../src/main/engine/pipeline/media-source.ts';
import { appPaths } from '../src/main/services/base/app-paths.ts';
import { defaultOverlayStyle } from '../src/shared/export-choice.ts';
import { diskCounts } from './disk-counts.ts';
import { median } from './statistics.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const least = 0.7;
const cases = [
  { name: '720p', width: 1280, height: 720, frames: 400 },
  { name: '4K', width: 3840, height: 2160, frames: 60 },
];
const ffmpeg = await findFfmpeg();
const folder = await mkdtemp(join(tmpdir(), 'sam2-video-export-'));
const run = promisify(execFile);
const quiet = ['-nostdin', '-loglevel', 'error', '-y'];

/** Two disks that move, 7 and 13 % of the picture. */
const masksOf = (width: number, height: number): FrameMasks[] =>
  Array.from({ length: 20 }, (_, i) => {
    const at = i / 20;
    const first = diskCounts(width, height, { x: width * (0.3 + 0.3 * at), y: height * 0.4, radius: height * 0.27 });
    const second = diskCounts(width, height, { x: width * (0.8 - 0.3 * at), y: height * 0.6, radius: height * 0.2 });
    return new Map([
      [1, first],
      [2, second],
    ]);
  });

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
};

const measure = async ({ name, width, height, frames }: (typeof cases)[number]): Promise<number> => {
  const clip = join(folder, `${name}.mp4`);
  const scaled = ['-vf', `scale=${width}:${height}`, '-frames:v', String(frames), '-an', '-c:v', 'libx264', '-preset', 'veryfast', clip];
  await run(ffmpeg, [...quiet, '-stream_loop', '-1', '-i', appPaths().sampleClip, ...scaled]);
  const source = await MediaSource.open(clip, ffmpeg);
  const masks = masksOf(width, height);
  const bare = (): Promise<unknown> => {
    const settings = ['-c:v', 'libx264', '-preset', usualQuality.preset, '-crf', String(usualQuality.crf), '-pix_fmt', 'yuv420p'];
    return run(ffmpeg, [...quiet, '-i', clip, '-map', '0:v:0', ...settings, '-movflags', '+faststart', join(folder, 'bare.mp4')]);
  };
  const ours = (withMasks: boolean): Promise<unknown> =>
    exportResults(
      source,
      {
        ...{ sessionId: 'bench', runId: 'bench', from: 0, to: frames - 1, contactSheet: null, overlays: defaultOverlayStyle },
        ...{ video: join(folder, 'annotated.mp4'), cutVideo: null, masksDirectory: withMasks ? join(folder, 'masks') : null },
        objects: [
          { id: 1, name: 'Rabbit', color: '#ff3355' },
          { id: 2, name: 'Bird', color: '#33aaff' },
        ],
      },
      { at: async (frame) => masks[frame % masks.length]!, isWhole: true },
      ffmpeg,
      new AbortController().signal,
      () => {},
    );
  const rates: { bare: number; video: number; both: number }[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const seconds = { bare: await secondsOf(bare), video: await secondsOf(() => ours(false)), both: await secondsOf(() => ours(true)) };
    rates.push({ bare: frames / seconds.bare, video: frames / seconds.video, both: frames / seconds.both });
  }
  source.close();
  const share = median(rates.map(({ bare: rate, video }) => video / rate));
  const bothShare = median(rates.map(({ bare: rate, both }) => both / rate));
  const of = (key: 'bare' | 'video' | 'both'): string => median(rates.map((rate) => rate[key])).toFixed(1);
  console.log(`| ${name} | ${of('bare')} | ${of('video')} | ${share.toFixed(2)} | ${of('both')} | ${bothShare.toFixed(2)} |`);
  return share;
};

try {
  console.log(`median of ${values.rounds} rounds, frames/s\n`);
  console.log('| clip | bare ffmpeg | video | share | video and masks | share |\n|---|---|---|---|---|---|');
  const shares: number[] = [];
  for (const entry of cases) shares.push(await measure(entry));
  process.exitCode = Math.min(...shares) >= least ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
