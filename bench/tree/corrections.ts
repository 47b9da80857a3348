/**
 * `npm run bench:tree corrections`: J&F after k corrections, chosen by the review list, evenly over the clip, or at
 * random. A correction is the true mask of one object on one frame; all k are made at once, after a first run, and the
 * clip is tracked again.
 */
import { parseArgs } from 'node:util';
import { type Absence, buildReview, isRightlyAway, joinAbsences, touchesEdge } from '../../src/shared/build-review.ts';
import { type MemorySettings, memorySettingsSchema } from '../../src/shared/memory-settings.ts';
import { clarityOf } from '../../src/shared/review-queue.ts';
import type { Sequence } from '../davis-sequences.ts';
import { mean } from '../statistics.ts';
import { CachedGraphs, readAnnotated, runSequence, type ScoredRun } from './annotated.ts';
import { benchOptions, openBench, sequencesOf } from './open-bench.ts';
import { cachedRun } from './run-cache.ts';
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
    memory: { type: 'string', default: 'single' },
    logit: { type: 'string' },
    counts: { type: 'string', default: '1,3,5' },
    /** How corrections are chosen. */
    choose: { type: 'string', default: 'review,evenly,random' },
    seeds: { type: 'string', default: '2' },
    /** A folder that keeps every run measured, so that what is measured again costs nothing. */
    cache: { type: 'string' },
  },
});
const counts = values.counts.split(',').map(Number);
const settings: MemorySettings = memorySettingsSchema.parse({
  mode: values.memory,
  ...(values.logit === undefined ? {} : { uncertaintyLogit: Number(values.logit) }),
});

type Correction = { objectId: number; frame: number };
type Clip = { ids: readonly number[]; frames: readonly unknown[]; width: number; height: number };

const grouped = (list: readonly Correction[]): Map<number, number[]> => {
  const frames = new Map<number, number[]>();
  for (const { objectId, frame } of list) frames.set(objectId, [...(frames.get(objectId) ?? []), frame]);
  return frames;
};

const evenly = ({ ids, frames }: Clip, count: number): Correction[] =>
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

const randomly = ({ ids, frames }: Clip, count: number, seed: number): Correction[] => {
  const next = generator(seed);
  const drawn = new Map<string, Correction>();
  while (drawn.size < Math.min(count, ids.length * (frames.length - 1))) {
    const objectId = ids[Math.floor(next() * ids.length)]!;
    const frame = 1 + Math.floor(next() * (frames.length - 1));
    drawn.set(`${objectId}:${frame}`, { objectId, frame });
  }
  return [...drawn.values()];
};

/** The top of the review list, as the window shows it. */
const offered = (run: ScoredRun, { ids, width, height }: Clip, count: number): Correction[] => {
  const entries = buildReview(
    ids.map((objectId) => {
      const stored = run.stored.filter((entry) => entry.objectId === objectId);
      const absences: Absence[] = [];
      for (const { frame, area, objectLogit } of stored) {
        const last = absences.at(-1);
        if (area > 0 && objectLogit > 0) {
          if (last?.last === frame - 1) last.foundAgain = frame;
        } else if (last?.last === frame - 1) last.last = frame;
        else absences.push({ first: frame, last: frame, foundAgain: null });
      }
      const side = (frame: number): 'edge' | 'inside' | null => {
        const box = stored[frame]?.box;
        return box ? (touchesEdge(box, { width, height }) ? 'edge' : 'inside') : null;
      };
      const all = joinAbsences(absences, [0]);
      const away = all.filter(({ first, last }) => isRightlyAway(side(first - 1) ?? 'start', side(last + 1) ?? 'end'));
      const signals = run.review.flatMap(({ objectId: of, frame, uncertainty }) => {
        const { predictedIou, objectLogit, area, overlap, other, hasJumped } = stored[frame]!;
        if (of !== objectId || away.some(({ first, last }) => frame >= first && frame <= last)) return [];
        const clarity = area > 0 ? clarityOf(predictedIou, objectLogit) : 0;
        return [{ frame, uncertainty, clarity, hasJumped, ...(other !== null && { overlap: { other, iou: overlap } }) }];
      });
      return { objectId, prompts: [0], isStale: false, absences: all.filter((absence) => !away.includes(absence)), signals };
    }),
  );
  return entries.slice(0, count).map(({ objectId, frame }) => ({ objectId, frame }));
};

const ways = values.choose.split(',');
const columns = counts.flatMap((count) => ways.map((way) => ({ way, count })));

interface Measured {
  name: string;
  row: number[];
  spreads: string[];
}

/** The model and the pictures, loaded when a run is not known yet. */
const runner = (listed: Sequence) => {
  const load = async () => {
    const { constants, onnx, title } = await openBench({ model: values.model, precision: values.precision, threads: 1 });
    return { constants, onnx, title, graphs: new CachedGraphs(onnx), sequence: await readAnnotated(listed, constants.imageSize) };
  };
  let loaded: ReturnType<typeof load> | null = null;
  const run = (corrections: readonly Correction[]): Promise<ScoredRun> => {
    const inOrder = [...corrections].sort((a, b) => a.objectId - b.objectId || a.frame - b.frame);
    return cachedRun(values.cache ?? null, [listed.name, values.model, values.precision, settings, inOrder], async () => {
      loaded ??= load();
      const { graphs, constants, sequence } = await loaded;
      return runSequence(graphs, constants, sequence, settings, grouped(inOrder));
    });
  };
  return { run, end: async () => (await loaded)?.onnx.release() };
};

const measure = async (listed: Sequence): Promise<Measured> => {
  const { run, end } = runner(listed);
  const after = async (corrections: Correction[]): Promise<number> => {
    const { j, f } = await run(corrections);
    return (j + f) / 2;
  };
  const first = await run([]);
  const sequence = { ids: [...first.perFrame.keys()], frames: listed.frames, width: listed.width, height: listed.height };
  const spreads: string[] = [];
  const row = [(first.j + first.f) / 2];
  for (const { way, count } of columns) {
    if (way === 'review') row.push(await after(offered(first, sequence, count)));
    else if (way === 'evenly') row.push(await after(evenly(sequence, count)));
    else {
      const random: number[] = [];
      for (let seed = 1; seed <= Number(values.seeds); seed++) random.push(await after(randomly(sequence, count, seed)));
      row.push(mean(random));
      spreads.push(`${count}: ${Math.min(...random).toFixed(3)} to ${Math.max(...random).toFixed(3)}`);
    }
  }
  await end();
  return { name: listed.name, row, spreads };
};

if (values.child !== undefined) {
  tellParent(await measure(sequencesOf({ ...values, sequences: values.child })[0]!));
  process.exit(0);
}
const names = sequencesOf(values).map(({ name }) => name);
const measured = await measureSideBySide<Measured>(names, Number(values.jobs), (name) => console.error(`${name} done`));
console.log(`${values.model}, ${settings.mode}, J&F\n`);
console.log(`| sequence | none | ${columns.map(({ way, count }) => `${way} ${count}`).join(' | ')} |`);
console.log(`|---|---|${'---|'.repeat(columns.length)}`);
for (const { name, row } of measured) console.log(`| ${[name, ...row.map((value) => value.toFixed(3))].join(' | ')} |`);
if (measured.length > 1)
  console.log(`| mean | ${measured[0]!.row.map((_, at) => mean(measured.map(({ row }) => row[at]!)).toFixed(3)).join(' | ')} |`);
for (const { name, spreads } of measured) if (spreads.length > 0) console.log(`\n${name}, random draws: ${spreads.join(', ')}`);
