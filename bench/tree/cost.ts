/**
 * `npm run bench:tree cost`: what the tree costs beside one path, on a clip where the model is certain and on one where
 * it is not. Both are stepped in turn, a few frames each, with a helper thread and the next image encoded ahead, as the
 * app runs, and the clip is gone through `--rounds` times; `--no-helper` runs graph after graph. A model that is never
 * in doubt is made to be: with `--logit N` frames whose object logits are all under N are uncertain.
 */
import { parseArgs } from 'node:util';
import type { GraphTimings } from '../../src/main/engine/api/timings.ts';
import { VideoTracker } from '../../src/main/engine/tracking/video-tracker.ts';
import type { MemorySettings } from '../../src/shared/memory-settings.ts';
import { mean, median } from '../statistics.ts';
import { type Annotated, readAnnotated, truthOf } from './annotated.ts';
import { costCases, costOptions, onePath } from './cost-cases.ts';
import { openBench, sequencesOf } from './open-bench.ts';

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    ...costOptions,
    frames: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    'no-helper': { type: 'boolean', default: false },
  },
});
const sequences = sequencesOf(values);
const { constants, onnx, title } = await openBench({
  ...values,
  threads: Number(values.threads),
  usesHelper: !values['no-helper'],
});
const frames = Number(values.frames);
/** Frames until the memory is full, not timed. */
const warm = 8;
/** Frames that one side goes before the other does. */
const stretch = 20;
/**
 * Frames at the start of a stretch that are not timed: the first has its image encoded by nobody beside it, and the
 * helper gets ahead meanwhile.
 */
const untimed = 5;

interface Side {
  tracker: VideoTracker;
  /** Per timed frame. */
  ms: number[];
  paths: number[];
  graphs: GraphTimings[];
}

const start = async (sequence: Annotated, memory: MemorySettings): Promise<Side> => {
  const { width, height, labels, ids, frames: pictures } = sequence;
  const tracker = new VideoTracker(onnx, constants, { width, height, frameCount: null, memory });
  await tracker.setMask(ids[0]!, 0, truthOf(labels[0]!, ids[0]!), () => pictures[0]!);
  await tracker.encodePending(0, () => pictures[0]!);
  tracker.startPropagation();
  return { tracker, ms: [], paths: [], graphs: [] };
};

/** Both go a few frames in turn, first one, then the other first, so that whatever else the machine does meets both. */
const compare = async (sequence: Annotated, memory: MemorySettings): Promise<[Side, Side]> => {
  const sides: [Side, Side] = [await start(sequence, onePath), await start(sequence, memory)];
  const { frames: pictures } = sequence;
  const go = async (side: Side, from: number, to: number): Promise<void> => {
    for (let t = from; t < to; t++) {
      onnx.takeTimings();
      const begin = performance.now();
      const tracked = side.tracker.trackFrame(t, false, () => pictures[t]!);
      const ahead = [t + 1, t + 2].filter((frame) => frame < to);
      if (ahead.length > 0) side.tracker.lookAhead(ahead.map((frame) => ({ frame, image: pictures[frame]! })));
      await tracked;
      // The last two of a stretch may have nothing beside them either.
      if (t < warm || (!values['no-helper'] && (t < from + untimed || t + 2 >= to))) continue;
      side.ms.push(performance.now() - begin);
      side.graphs.push(onnx.takeTimings());
      side.paths.push(Math.max(1, side.tracker.branches(sequence.ids[0]!).length));
    }
  };
  for (let from = 0, turn = 0; from < pictures.length; from += stretch, turn++) {
    for (const side of turn % 2 === 0 ? sides : [sides[1], sides[0]]) await go(side, from, Math.min(pictures.length, from + stretch));
  }
  for (const { tracker } of sides) tracker.dispose();
  return sides;
};

const rounds = Number(values.rounds);
const compareOften = async (sequence: Annotated, memory: MemorySettings): Promise<[Side, Side][]> => {
  const all: [Side, Side][] = [];
  for (let round = 0; round < rounds; round++) all.push(await compare(sequence, memory));
  return all;
};

const middleMean = (list: readonly number[]): number => {
  const sorted = [...list].sort((a, b) => a - b);
  return mean(sorted.slice(sorted.length >> 2, sorted.length - (sorted.length >> 2)));
};
const graphNames = ['imageEncoder', 'memoryAttention', 'maskDecoder', 'memoryEncoder'] as const;

console.log(
  `${title}, ${values.threads} threads, ${values['no-helper'] ? 'one worker' : 'worker and helper'}, ${frames} frames, ${rounds} rounds; ms per frame (image encoder / attention / decoder / memory encoder), mean of the middle half\n`,
);
console.log('| clip | variant | paths (mean) | one path ms | tree ms | ratio |');
console.log('|---|---|---|---|---|---|');
for (const { kind, name, settings } of costCases(values)) {
  const listed = sequences.find((sequence) => sequence.name === name);
  if (!listed) throw new Error(`there is no sequence ${name}`);
  const sequence = await readAnnotated(listed, constants.imageSize, warm + frames + 1);
  const compared = await compareOften(sequence, settings);
  const of = (which: 0 | 1) => compared.map((sides) => sides[which]);
  const stages = (sides: Side[]): string =>
    graphNames.map((name) => median(sides.flatMap(({ graphs }) => graphs.map((timings) => timings[name]))).toFixed(1)).join(' / ');
  // A sum would be ruled by the few frames that something else held up; the mean of the middle half is not.
  const msOf = (sides: Side[]): number => middleMean(sides.flatMap(({ ms }) => ms));
  const told = (sides: Side[]): string => `${msOf(sides).toFixed(1)} (${stages(sides)})`;
  const paths = mean(of(1).flatMap(({ paths }) => paths));
  console.log(
    `| ${name}, ${kind} | ${settings.variant} | ${paths.toFixed(2)} | ${told(of(0))} | ${told(of(1))} | ${(msOf(of(1)) / msOf(of(0))).toFixed(2)} |`,
  );
}
await onnx.release();
