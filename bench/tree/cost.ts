/**
 * `npm run bench:tree cost`: what the tree costs beside one path, on a clip where the model is certain and on one where it is not.
 * Runs alternate, and the median counts. A model that is never in doubt is made to be: with `--uncertain N` frames whose object
 * logits are all under N are uncertain.
 */
import { parseArgs } from 'node:util';
import { VideoTracker } from '../../src/main/engine/tracking/video-tracker.ts';
import { type MemorySettings, memorySettingsSchema } from '../../src/shared/memory-settings.ts';
import { type Annotated, readAnnotated, truthOf } from './annotated.ts';
import { openBench } from './open-bench.ts';

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    data: { type: 'string' },
    model: { type: 'string', default: 'nano' },
    certain: { type: 'string', default: 'car-shadow' },
    uncertain: { type: 'string', default: 'bmx-trees' },
    logit: { type: 'string', default: '6' },
    frames: { type: 'string', default: '30' },
    repeats: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
  },
});
const { constants, onnx, sequences, title } = await openBench({ ...values, threads: Number(values.threads) });
const frames = Number(values.frames);
/** Frames until the memory is full, not timed. */
const warm = 8;

const timed = async (sequence: Annotated, memory: MemorySettings) => {
  const { width, height, labels, ids } = sequence;
  const tracker = new VideoTracker(onnx, constants, { width, height, frameCount: null, memory });
  const id = ids[0]!;
  await tracker.setMask(id, 0, truthOf(labels[0]!, id), () => sequence.frames[0]!);
  await tracker.encodePending(0, () => sequence.frames[0]!);
  tracker.startPropagation();
  let start = 0;
  let paths = 0;
  const last = Math.min(warm + frames, sequence.frames.length - 1);
  for (let t = 0; t <= last; t++) {
    if (t === warm) {
      onnx.takeTimings();
      start = performance.now();
    }
    await tracker.trackFrame(t, false, () => sequence.frames[t]!);
    if (t > warm) paths += Math.max(1, tracker.branches(id).length);
  }
  const ms = (performance.now() - start) / (last - warm + 1);
  tracker.dispose();
  return { ms, paths: paths / (last - warm), timings: onnx.takeTimings() };
};

const median = (list: number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;
const single = memorySettingsSchema.parse({});
const tree = (change: Partial<MemorySettings>): MemorySettings => memorySettingsSchema.parse({ mode: 'tree', ...change });
const unsure = Number(values.logit);
const cases: [string, string, MemorySettings][] = [
  ['certain', values.certain, tree({ variant: 'exact' })],
  ['certain', values.certain, tree({})],
  [`uncertain under ${unsure}`, values.uncertain, tree({ variant: 'exact', uncertaintyLogit: unsure })],
  [`uncertain under ${unsure}`, values.uncertain, tree({ uncertaintyLogit: unsure })],
  ['every frame uncertain', values.uncertain, tree({ variant: 'exact', uncertaintyLogit: 20 })],
];

console.log(`${title}, ${values.threads} threads, ${frames} frames, median of ${values.repeats}\n`);
console.log('| clip | variant | paths (mean) | one path ms | tree ms | ratio |');
console.log('|---|---|---|---|---|---|');
for (const [kind, name, settings] of cases) {
  const listed = sequences.find((sequence) => sequence.name === name);
  if (!listed) throw new Error(`there is no sequence ${name}`);
  const sequence = await readAnnotated(listed, constants.imageSize, warm + frames + 1);
  const ones: number[] = [];
  const trees: number[] = [];
  const ratios: number[] = [];
  let paths = 1;
  await timed(sequence, settings);
  for (let i = 0; i < Number(values.repeats); i++) {
    const one = await timed(sequence, single);
    const many = await timed(sequence, settings);
    ones.push(one.ms);
    trees.push(many.ms);
    ratios.push(many.ms / one.ms);
    paths = many.paths;
  }
  console.log(
    `| ${name}, ${kind} | ${settings.variant} | ${paths.toFixed(2)} | ${median(ones).toFixed(1)} | ${median(trees).toFixed(1)} | ${median(ratios).toFixed(2)} |`,
  );
}
await onnx.release();
