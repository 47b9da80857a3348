/**
 * `npm run bench:tree -- quality [--data DIR --model ID --sequences a,b]`: J&F of one path, the memory tree and each
 * gate on annotated sequences, from the first frame's masks. Sequences where an object is hidden for a while are
 * averaged apart.
 */
import { parseArgs } from 'node:util';
import { type MemorySettings, memorySettingsSchema } from '../../src/shared/memory-settings.ts';
import type { Sequence } from '../davis-sequences.ts';
import { mean } from '../statistics.ts';
import { type Annotated, CachedGraphs, readAnnotated, runSequence, type ScoredRun } from './annotated.ts';
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
    /** Names of variants, separated by semicolons. */
    variants: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
  },
});

const extra = Object.fromEntries(
  values.set.map((pair) => {
    const [key, value] = pair.split('=');
    return [key, Number(value)];
  }),
);
const settings = (change: Partial<MemorySettings>): MemorySettings => memorySettingsSchema.parse({ ...change, ...extra });
const variants: [string, MemorySettings][] = [
  ['one path (SAM 2)', settings({})],
  ['one path, SAM2Long gate', settings({ gate: 'sam2long' })],
  ['one path, SAMURAI gate', settings({ gate: 'samurai' })],
  ['one path, DAM4SAM gate', settings({ gate: 'dam4sam' })],
  // The whole clip is within reach of an amendment, as rule L10 has it.
  ['tree, exact (SAM2Long)', settings({ mode: 'tree', variant: 'exact', history: 1000, amendLag: 1000 })],
  ['tree, live', settings({ mode: 'tree' })],
  ['tree, live, no gate', settings({ mode: 'tree', gate: 'none' })],
  ['tree, live, SAMURAI gate', settings({ mode: 'tree', gate: 'samurai' })],
  ['tree, live, DAM4SAM gate', settings({ mode: 'tree', gate: 'dam4sam' })],
];

const wanted = values.variants?.split(';');
const chosen = variants.filter(([name]) => !wanted || wanted.includes(name));
type Run = Pick<ScoredRun, 'j' | 'f' | 'asShown' | 'counters'>;
interface Measured {
  title: string;
  sequence: Pick<Annotated, 'name' | 'hasOcclusion'>;
  runs: [string, Run][];
}

const measure = async (listed: Sequence): Promise<Measured> => {
  const { constants, onnx, title } = await openBench({ model: values.model, precision: values.precision, threads: 1 });
  const graphs = new CachedGraphs(onnx);
  const sequence = await readAnnotated(listed, constants.imageSize);
  const runs: [string, Run][] = [];
  for (const [name, memory] of chosen) {
    const { j, f, asShown, counters } = await runSequence(graphs, constants, sequence, memory);
    runs.push([name, { j, f, asShown, counters }]);
  }
  await onnx.release();
  return { title, sequence: { name: sequence.name, hasOcclusion: sequence.hasOcclusion }, runs };
};

if (values.child !== undefined) {
  tellParent(await measure(sequencesOf({ ...values, sequences: values.child })[0]!));
  process.exit(0);
}
const names = sequencesOf(values).map(({ name }) => name);
const measured = await measureSideBySide<Measured>(names, Number(values.jobs), (name) => console.error(`${name} done`));
const { title } = measured[0]!;
const sequences = measured.map(({ sequence }) => sequence);
const runs = new Map(
  chosen.map(([name]) => [name, new Map(measured.map((one) => [one.sequence.name, new Map(one.runs).get(name)!]))] as const),
);

const score = ({ j, f }: Run): number => (j + f) / 2;
const rows = [...runs].map(([name, bySequence]) => {
  const of = (wanted: (s: (typeof sequences)[number]) => boolean): number =>
    mean(sequences.filter(wanted).map((s) => score(bySequence.get(s.name)!)));
  const sum = (pick: (run: Run) => number): number => [...bySequence.values()].reduce((total, run) => total + pick(run), 0);
  return {
    name,
    sequences: Object.fromEntries([...bySequence].map(([sequence, run]) => [sequence, score(run)])),
    all: of(() => true),
    occluded: of((s) => s.hasOcclusion),
    others: of((s) => !s.hasOcclusion),
    asShown: mean([...bySequence.values()].map(({ asShown }) => asShown)),
    spawned: sum(({ counters }) => counters.spawned),
    switched: sum(({ counters }) => counters.switched),
    amended: sum(({ counters }) => counters.amendedFrames),
  };
});

if (values.json) console.log(JSON.stringify({ title, sequences, rows }, null, 1));
else {
  const n = (value: number): string => value.toFixed(3);
  const mark = (s: (typeof sequences)[number]): string => (s.hasOcclusion ? `${s.name} (occlusion)` : s.name);
  console.log(`${title}, J&F from the first frame's masks\n`);
  console.log(
    `| | ${sequences.map(mark).join(' | ')} | occlusion | others | all | as first shown | branches | switches | amended frames |`,
  );
  console.log(`|---|${'---|'.repeat(sequences.length + 7)}`);
  for (const row of rows)
    console.log(
      `| ${[row.name, ...sequences.map((s) => n(row.sequences[s.name]!)), n(row.occluded), n(row.others), n(row.all), n(row.asShown), row.spawned, row.switched, row.amended].join(' | ')} |`,
    );
}
