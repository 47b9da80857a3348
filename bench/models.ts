/**
 * `npm run bench:models [-- --size tiny --image-size 512 --python PROGRAM]`: the whole pipeline beside the official
 * PyTorch predictor, on the same machine, weights, threads and frames, one after the other in one run. `--size` may be
 * given several times. The weights are seeded random ones (speed does not depend on them), made once into .cache/.
 * Python needs models/requirements.txt.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { findFfmpeg } from '../src/main/engine/media/ffmpeg-binary.ts';
import { readManifest } from '../src/main/engine/model/bundle/bundle.ts';
import { bindCheckpoint } from '../src/main/engine/model/checkpoint/bind.ts';
import { quantizeBundle } from '../src/main/engine/model/quantize/quantize-bundle.ts';
import { measureLoss } from '../src/main/engine/pipeline/measure-loss.ts';
import { appPaths } from '../src/main/services/base/app-paths.ts';
import { sampleProbe } from '../src/main/services/models/quantize-model.ts';
import { startServices } from './bench-services.ts';
import { ensureObjects, graphOrder, measureRun, type PipelineRun } from './measure-pipeline.ts';

const { values } = parseArgs({
  options: {
    size: { type: 'string', multiple: true, default: ['tiny'] },
    'image-size': { type: 'string', default: '512' },
    objects: { type: 'string', default: '1,5' },
    frames: { type: 'string', default: '25' },
    threads: { type: 'string', default: '2' },
    python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
    clip: { type: 'string' },
  },
});
const root = resolve(import.meta.dirname, '..');
const run = promisify(execFile);
const paths = appPaths();
const imageSize = values['image-size'];
/** Frames that fill the memory (16 pointers) and are not counted. */
const warm = 17;

interface OfficialRun {
  objects: number;
  frameMs: number;
  modules: Partial<Record<(typeof graphOrder)[number], number>>;
}

const python = async (...args: string[]): Promise<string> =>
  (await run(values.python, ['-W', 'ignore', '-m', ...args], { cwd: root })).stdout;

const checkpointOf = async (size: string): Promise<string> => {
  const folder = join(root, '.cache/bench-models');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `seeded-${size}.pt`);
  if (!existsSync(path)) await python('models.parity.make_checkpoint', '--size', size, '--seed', '1', path);
  return path;
};

const cut = async (folder: string): Promise<{ clip: string; frames: string }> => {
  const ffmpeg = await findFfmpeg();
  const clip = join(folder, 'clip.mp4');
  const frames = join(folder, 'frames');
  await mkdir(frames);
  const encode = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', '-an', clip];
  await run(ffmpeg, ['-loglevel', 'error', '-i', values.clip ?? paths.sampleClip, '-frames:v', values.frames, ...encode]);
  await run(ffmpeg, ['-loglevel', 'error', '-i', clip, '-start_number', '0', '-q:v', '2', join(frames, '%05d.jpg')]);
  return { clip, frames };
};

const ours = async (bundleDir: string, clip: string, counts: number[]): Promise<PipelineRun[]> => {
  const services = await startServices({ model: bundleDir, provider: 'cpu', threads: Number(values.threads) });
  try {
    const session = await services.sessions.open(clip);
    const runs: PipelineRun[] = [];
    for (const count of counts) {
      await ensureObjects(session, count);
      runs.push(await measureRun(session, warm));
    }
    return runs;
  } finally {
    await services.close();
  }
};

const ms = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(1));

const folder = await mkdtemp(join(tmpdir(), 'sam2-video-bench-'));
try {
  const { clip, frames } = await cut(folder);
  const counts = values.objects.split(',').map(Number);
  console.log(`${values.frames} frames, ${values.threads} threads, ms a frame after frame ${warm}\n`);
  console.log(
    '| model | objects | program | frame | image encoder | memory attention | mask decoder | memory encoder | outside ONNX Runtime | times faster |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|');
  for (const size of values.size) {
    const checkpoint = await checkpointOf(size);
    const source = join(root, 'models', `sam2.1-${size}`, imageSize);
    const bundleDir = join(folder, `${size}-${imageSize}`);
    await bindCheckpoint({
      bundleDir: source,
      manifest: await readManifest(source),
      checkpointPath: checkpoint,
      outDir: bundleDir,
      modelsRoot: join(root, 'models'),
    });
    const options = ['--size', size, '--image-size', imageSize, '--checkpoint', checkpoint, '--frames', frames];
    const timed = await python(
      'models.parity.time_official',
      ...options,
      '--objects',
      values.objects,
      '--threads',
      values.threads,
      '--warm',
      String(warm),
    );
    const official = (JSON.parse(timed.trim().split('\n').at(-1)!) as { runs: OfficialRun[] }).runs;
    const own = await ours(bundleDir, clip, counts);
    const int8Dir = `${bundleDir}-int8`;
    await quantizeBundle(bundleDir, int8Dir);
    const inInt8 = await ours(int8Dir, clip, counts);
    const row = (program: string, run: PipelineRun, theirs: OfficialRun): void => {
      const graphs = graphOrder.map((graph) => ms(run.graphs[graph])).join(' | ');
      const outside = `${(run.outsideShare * 100).toFixed(1)} %`;
      const faster = (theirs.frameMs / run.frameMs).toFixed(2);
      console.log(`| ${size} ${imageSize} | ${run.objects} | ${program} | ${ms(run.frameMs)} | ${graphs} | ${outside} | ${faster} |`);
    };
    official.forEach((theirs, index) => {
      const modules = graphOrder.map((graph) => ms(theirs.modules[graph])).join(' | ');
      console.log(`| ${size} ${imageSize} | ${theirs.objects} | PyTorch | ${ms(theirs.frameMs)} | ${modules} | | |`);
      row('SAM2 Video', own[index]!, theirs);
      row('SAM2 Video, int8', inInt8[index]!, theirs);
    });
    const loss = await measureLoss(bundleDir, int8Dir, sampleProbe(paths.sampleClip, 8));
    console.log(`\n${size}: masks of the int8 version have a mean IoU of ${loss.meanIou.toFixed(3)} with the others (random weights)`);
    if (own.length > 1)
      console.log(`\n${size}: ${own.at(-1)!.objects} objects cost ${(own.at(-1)!.frameMs / own[0]!.frameMs).toFixed(2)} times one\n`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
