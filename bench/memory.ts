/**
 * `npm run bench:memory [-- --frames 5000 --model BUNDLE]`: resident memory of the engine and of its host while two objects are
 * tracked through a looped clip, every 200 frames. Fails when the engine grows more than 3 %: what it takes at the least in the first third after frame 400
 * is compared with the last third's, since tensors that are not collected yet come and go by some 40 MiB.
 * By default the small SAM 2.1 of ../shared/fixtures runs where it is there, else nano.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { findFfmpeg } from '../src/main/engine/media/ffmpeg-binary.ts';
import { readManifest } from '../src/main/engine/model/bundle/bundle.ts';
import { bindCheckpoint } from '../src/main/engine/model/checkpoint/bind.ts';
import { appPaths } from '../src/main/services/base/app-paths.ts';
import { startServices } from './bench-services.ts';

const { values } = parseArgs({ options: { frames: { type: 'string', default: '5000' }, model: { type: 'string' } } });
const frames = Number(values.frames);
const every = 200;
/** Frames between two looks at what is taken, and the first that counts: buffers are full by then. */
const sampled = 20;
const settled = 400;
const paths = appPaths();
const folder = await mkdtemp(join(tmpdir(), 'sam2-video-memory-'));

const smallModel = async (): Promise<string> => {
  const checkpoint = resolve(import.meta.dirname, '../../shared/fixtures/sam21-small256/sam2_small256.pt');
  if (!existsSync(checkpoint)) return 'nano';
  const bundleDir = resolve(import.meta.dirname, '../tests/fixtures/sam21-small256');
  const outDir = join(folder, 'small');
  await bindCheckpoint({ bundleDir, manifest: await readManifest(bundleDir), checkpointPath: checkpoint, outDir, ownCopy: true });
  return outDir;
};

const loopedClip = async (): Promise<string> => {
  const out = join(folder, 'looped.mp4');
  const encode = ['-vf', 'scale=320:240', '-frames:v', String(frames), '-an', '-c:v', 'libx264', '-preset', 'ultrafast', out];
  await promisify(execFile)(await findFfmpeg(), ['-loglevel', 'error', '-stream_loop', '-1', '-i', paths.sampleClip, ...encode]);
  return out;
};

/** MiB */
const residentOf = (pid: number): number => {
  if (process.platform === 'linux') return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
};

try {
  const services = await startServices({ model: values.model ?? (await smallModel()) });
  const session = await services.sessions.open(await loopedClip());
  for (const [x, y] of [
    [0.45, 0.53],
    [0.2, 0.4],
  ] as const) {
    await session.edits.setPoints(
      session.edits.addObject(),
      0,
      [{ x: x * session.media.width, y: y * session.media.height, label: 1 }],
      null,
    );
  }
  const pid = services.engine.pid!;
  const samples: { frame: number; engine: number; host: number }[] = [];
  console.log(`${session.model.name}, ${session.media.frameCount} frames, two objects\n\n| frame | engine MiB | host MiB |\n|---|---|---|`);
  await session.track('memory', { direction: 'forward', display: null }, (event) => {
    if (event.done % sampled !== 0) return;
    const sample = { frame: event.done, engine: residentOf(pid), host: residentOf(process.pid) };
    samples.push(sample);
    if (event.done % every === 0) console.log(`| ${sample.frame} | ${sample.engine.toFixed(1)} | ${sample.host.toFixed(1)} |`);
  });
  const counted = samples.filter(({ frame }) => frame > settled).map(({ engine }) => engine);
  const third = Math.floor(counted.length / 3);
  if (third === 0) throw new Error(`--frames must be more than ${settled + 3 * sampled}`);
  const [first, last] = [Math.min(...counted.slice(0, third)), Math.min(...counted.slice(-third))];
  const growth = last / first - 1;
  console.log(
    `\nengine: at the least ${first.toFixed(1)} MiB in the first third after frame ${settled}, ${last.toFixed(1)} in the last (${(growth * 100).toFixed(1)} %), at most ${Math.max(...counted).toFixed(1)}`,
  );
  await services.close();
  process.exitCode = growth <= 0.03 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
