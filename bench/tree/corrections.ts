/**
 * `npm run bench:tree corrections`: J&F after k corrections, chosen by the review queue, evenly over the clip, or at random. A
 * correction is the true mask of one object on one frame; all k are made at once, after a first run, and the clip is tracked again.
 */
import { parseArgs } from 'node:util';
import { type MemorySettings, memorySettingsSchema } from '../../src/shared/memory-settings.ts';
import { leastDoubt, type ReviewFrame, rankReview } from '../../src/shared/review-queue.ts';
import { type Annotated, CachedGraphs, readAnnotated, runSequence } from './annotated.ts';
import { mean, openBench } from './open-bench.ts';

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    data: { type: 'string' },
    model: { type: 'string', default: 'nano' },
    /** One is the least work in all, for several of these side by side. */
    threads: { type: 'string', default: '2' },
    only: { type: 'string' },
    memory: { type: 'string', default: 'tree' },
    logit: { type: 'string' },
    counts: { type: 'string', default: '1,3,5' },
    /** How corrections are chosen. */
    choose: { type: 'string', default: 'review,evenly,random' },
    seeds: { type: 'string', default: '2' },
  },
});
const { constants, onnx, sequences, title } = await openBench({ ...values, threads: Number(values.threads) });
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
console.log(`${title}, ${settings.mode}, J&F\n`);
console.log(`| sequence | none | ${columns.map(({ way, count }) => `${way} ${count}`).join(' | ')} |`);
console.log(`|---|---|${'---|'.repeat(columns.length)}`);
const rows: number[][] = [];
for (const listed of sequences) {
  if (values.only && !values.only.split(',').includes(listed.name)) continue;
  const graphs = new CachedGraphs(onnx);
  const sequence = await readAnnotated(listed, constants.imageSize);
  const after = async (corrections: Correction[]): Promise<number> => {
    const { j, f } = await runSequence(graphs, constants, sequence, settings, grouped(corrections));
    return (j + f) / 2;
  };
  // Only the queue needs a run before the corrections.
  const first = ways.includes('review') ? await runSequence(graphs, constants, sequence, settings) : null;
  const spreads: string[] = [];
  const row = [first === null ? Number.NaN : (first.j + first.f) / 2];
  for (const { way, count } of columns) {
    if (way === 'review') row.push(await after(offered(sequence, first!.review, count)));
    else if (way === 'evenly') row.push(await after(evenly(sequence, count)));
    else {
      const random: number[] = [];
      for (let seed = 1; seed <= Number(values.seeds); seed++) random.push(await after(randomly(sequence, count, seed)));
      row.push(mean(random));
      spreads.push(`${count}: ${Math.min(...random).toFixed(3)} to ${Math.max(...random).toFixed(3)}`);
    }
  }
  rows.push(row);
  if (spreads.length > 0) console.error(`${sequence.name}, random draws: ${spreads.join(', ')}`);
  console.log(`| ${[sequence.name, ...row.map((value) => value.toFixed(3))].join(' | ')} |`);
}
if (rows.length > 1) console.log(`| mean | ${rows[0]!.map((_, at) => mean(rows.map((row) => row[at]!)).toFixed(3)).join(' | ')} |`);
await onnx.release();
