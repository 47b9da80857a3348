/**
 * `npm run bench:tree whole-cost`: what the tree costs whoever waits for a run. Whole runs of the app on a clip, decoding and masks at source size
 * included, with one path and with the tree in turn; what is compared is the median time of a frame.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import type { SessionService } from '../../src/main/services/session-service.ts';
import { type MemorySettings, memorySettingsSchema } from '../../src/shared/memory-settings.ts';
import { compressCounts, encodeRle } from '../../src/shared/rle.ts';
import { startServices } from '../bench-services.ts';
import { readLabels, type Sequence } from '../davis-sequences.ts';
import { measureRun } from '../measure-pipeline.ts';
import { truthOf } from './annotated.ts';
import { precisionOf, sequencesOf } from './open-bench.ts';

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    data: { type: 'string' },
    model: { type: 'string', default: 'nano' },
    precision: { type: 'string' },
    certain: { type: 'string', default: 'car-shadow' },
    uncertain: { type: 'string', default: 'bmx-trees' },
    /** Each way. */
    runs: { type: 'string', default: '5' },
  },
});
/** Frames that fill the memory and are not timed. */
const warm = 15;
const tree = (change: Partial<MemorySettings>): MemorySettings => memorySettingsSchema.parse({ mode: 'tree', ...change });
const single = memorySettingsSchema.parse({});
const cases: [string, string, MemorySettings][] = [
  ['certain', values.certain, tree({})],
  ['uncertain', values.uncertain, tree({})],
  ['uncertain', values.uncertain, tree({ variant: 'exact' })],
  ['every frame uncertain', values.uncertain, tree({ variant: 'exact', uncertaintyLogit: 20 })],
];

const folder = mkdtempSync(join(tmpdir(), 'sam2-video-tree-'));
/** A sequence's pictures as a clip of H.264, as people have them. */
const clipOf = async ({ name, frames }: Sequence): Promise<string> => {
  const list = join(folder, `${name}.txt`);
  writeFileSync(list, frames.map((path) => `file '${path}'\nduration 0.04\n`).join(''));
  const clip = join(folder, `${name}.mp4`);
  const { status, stderr } = spawnSync(
    await findFfmpeg(),
    [
      '-v',
      'error',
      '-y',
      '-f',
      'concat',
      '-safe',
      '0',
      '-i',
      list,
      '-r',
      '25',
      '-c:v',
      'libx264',
      '-crf',
      '18',
      '-pix_fmt',
      'yuv420p',
      clip,
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`ffmpeg could not make a clip of ${name}: ${stderr}`);
  return clip;
};

/** Opens the clip, its first object given by its true mask. */
const open = async (services: Awaited<ReturnType<typeof startServices>>, sequence: Sequence): Promise<SessionService> => {
  const session = await services.openSession(await clipOf(sequence));
  const { labels, width, height } = readLabels(sequence.masks[0]!);
  const first = labels.find((label) => label !== 0)!;
  const { counts } = encodeRle(truthOf(labels, first), width, height);
  await session.setMask(session.addObject(), 0, { size: [height, width], counts: compressCounts(counts) });
  return session;
};

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;

const services = await startServices({ model: values.model, precision: precisionOf(values.precision) });
try {
  console.log(`whole runs of ${values.model}, ${values.runs} each way in turn; ms a frame, median of the runs\n`);
  console.log('| clip | variant | one path | tree | ratio |');
  console.log('|---|---|---|---|---|');
  for (const [kind, name, settings] of cases) {
    const [sequence] = sequencesOf({ ...values, sequences: name });
    const session = await open(services, sequence!);
    const ms: [number[], number[]] = [[], []];
    for (let run = 0; run < Number(values.runs); run++) {
      for (const [side, memory] of run % 2 === 0
        ? [[0, single] as const, [1, settings] as const]
        : [[1, settings] as const, [0, single] as const])
        ms[side].push((await measureRun(session, warm, memory)).frameMs);
    }
    const [one, many] = [median(ms[0]), median(ms[1])];
    console.log(`| ${name}, ${kind} | ${settings.variant} | ${one.toFixed(1)} | ${many.toFixed(1)} | ${(many / one).toFixed(2)} |`);
  }
} finally {
  await services.close();
  rmSync(folder, { recursive: true, force: true });
}
