/**
 * `npm run bench:tree corrections`: J&F after k corrections, chosen by the review queue, evenly over the clip, or at
 * random. A correction is the true mask of one object on one frame; all k are made at once, after a first run, and the
 * clip is tracked again.
 */
import { parseArgs } from 'node:util';
import { type MemorySettings, memorySettingsSchema } from '../../src/shared/memory-settings.ts';
import { leastDoubt, type ReviewFrame, rankReview } from '../../src/shared/review-queue.ts';
import type { Sequence } from '../davis-sequences.ts';
import { mean } from '../statistics.ts';
import { type Annotated, CachedGraphs, readAnnotated, runSequence } from './annotated.ts';
import { benchOptions, openBench, sequencesOf } from './open-bench.ts';
import { measureSideBySide, tellParent } from './side-by-side.ts';

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    ...benchOptions,
    /** Names of sequences, separated by commas; all when not given. */
    sequences: { type: 'string' },
    /** Sequences measured side by side, each on one thread. */
    jobs: { type: 'string', default: '2' },
    /** The one sequence of a child. */
    child: { type: 'string' },
    memory: { type: 'string', default: 'tree' },
    logit: { type: 'string' },
    counts: { type: 'string', default: '1,3,5' },
    /** How corrections are chosen. */
    choose: { type: 'string', default: 'review,evenly,random' },
    seeds: { type: 'string', default: '2' },
  },
});
const counts = values.counts.split(',').map(Number);
const settings: MemorySettings = memorySettingsSchema.parse({
  mode: values.memory,
  ...(values.logit === undefined ? {} : { uncertaintyLogit: Number(values.logit) }),
});

type Correction = { objectId: number; frame: number };

const grouped = (list: readonly Correction[]): Map<number, number[]> => {
  const frames = new Map<number, number[]>();
  for (const { objectId, frame } of list) frames.set(objectId, [...(frames.get(objectId) ?? []), frame]);
  return frames;
};

const evenly = ({ ids, frames }: Annotated, count: number): Correction[] =>
  Array.from({ length: count }, (_, i) => ({
    objectId: ids[i % ids.length]!,
    frame: Math.round(((i + 1) * frames.length) / (count + 1)),
  }));

/** Mulberry32: the same seed gives the same corrections everywhere. */
const generator = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

const randomly = ({ ids, frames }: Annotated, count: number, seed: number): Correction[] => {
  const next = generator(seed);
  const drawn = new Map<string, Correction>();
  while (drawn.size < Math.min(count, ids.length * (frames.length - 1))) {
    const objectId = ids[Math.floor(next() * ids.length)]!;
    const frame = 1 + Math.floor(next() * (frames.length - 1));
    drawn.set(`${objectId}:${frame}`, { objectId, frame });
  }
  return [...drawn.values()];
};

/** What the app offers: doubtful frames, and where these are too few the best of the others. */
const offered = ({ ids }: Annotated, review: readonly ReviewFrame[], count: number): Correction[] => {
  const prompted = new Map(ids.map((id) => [id, [0]]));
  const found = rankReview(
    review.filter(({ uncertainty }) => uncertainty >= leastDoubt),
    count,
    prompted,
  );
  if (found.length === count) return found;
  for (const { objectId, frame } of found) prompted.get(objectId)!.push(frame);
  return [...found, ...rankReview(review, count - found.length, prompted)];
};

const ways = values.choose.split(',');
const columns = counts.flatMap((count) => ways.map((way) => ({ way, count })));

interface Measured {
  title: string;
  name: string;
  row: number[];
  spreads: string[];
}

const measure = async (listed: Sequence): Promise<Measured> => {
  const { constants, onnx, title } = await openBench({ model: values.model, precision: values.precision, threads: 1 });
  const graphs = new CachedGraphs(onnx);
  const sequence = await readAnnotated(listed, constants.imageSize);
  const after = async (corrections: Correction[]): Promise<number> => {
    const { j, f } = await runSequence(graphs, constants, sequence, settings, grouped(corrections));
    return (j + f) / 2;
  };
  const first = await runSequence(graphs, constants, sequence, settings);
  const spreads: string[] = [];
  const row = [(first.j + first.f) / 2];
  for (const { way, count } of columns) {
    if (way === 'review') row.push(await after(offered(sequence, first.review, count)));
    else if (way === 'evenly') row.push(await after(evenly(sequence, count)));
    else {
      const random: number[] = [];
      for (let seed = 1; seed <= Number(values.seeds); seed++) random.push(await after(randomly(sequence, count, seed)));
      row.push(mean(random));
      spreads.push(`${count}: ${Math.min(...random).toFixed(3)} to ${Math.max(...random).toFixed(3)}`);
    }
  }
  await onnx.release();
  return { title, name: sequence.name, row, spreads };
};

if (values.child !== undefined) {
  tellParent(await measure(sequencesOf({ ...values, sequences: values.child })[0]!));
  process.exit(0);
}
const names = sequencesOf(values).map(({ name }) => name);
const measured = await measureSideBySide<Measured>(names, Number(values.jobs), (name) => console.error(`${name} done`));
console.log(`${measured[0]!.title}, ${settings.mode}, J&F\n`);
console.log(`| sequence | none | ${columns.map(({ way, count }) => `${way} ${count}`).join(' | ')} |`);
console.log(`|---|---|${'---|'.repeat(columns.length)}`);
for (const { name, row } of measured) console.log(`| ${[name, ...row.map((value) => value.toFixed(3))].join(' | ')} |`);
if (measured.length > 1)
  console.log(`| mean | ${measured[0]!.row.map((_, at) => mean(measured.map(({ row }) => row[at]!)).toFixed(3)).join(' | ')} |`);
for (const { name, spreads } of measured) if (spreads.length > 0) console.log(`\n${name}, random draws: ${spreads.join(', ')}`);
