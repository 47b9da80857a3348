/**
 * `npm run bench:tree whole-cost`: what the tree costs whoever waits for a run. Whole runs of the app on a clip,
 * decoding and masks at source size included, with one path and with the tree in turn; what is compared is the median
 * time of a frame.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import type { SessionService } from '../../src/main/services/session/session-service.ts';
import { compressCounts, encodeRle } from '../../src/shared/rle.ts';
import { startServices } from '../bench-services.ts';
import { readLabels, type Sequence } from '../davis-sequences.ts';
import { measureRun } from '../measure-pipeline.ts';
import { median } from '../statistics.ts';
import { truthOf } from './annotated.ts';
import { costCases, costOptions, onePath } from './cost-cases.ts';
import { precisionOf, sequencesOf } from './open-bench.ts';

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    ...costOptions,
    /** Each way. */
    runs: { type: 'string', default: '5' },
  },
});
/** Frames that fill the memory and are not timed. */
const warm = 15;

const folder = mkdtempSync(join(tmpdir(), 'sam2-video-tree-'));
/** A sequence's pictures as a clip of H.264, as people have them. */
const clipOf = async ({ name, frames }: Sequence): Promise<string> => {
  const list = join(folder, `${name}.txt`);
  writeFileSync(list, frames.map((path) => `file '${path}'\nduration 0.04\n`).join(''));
  const clip = join(folder, `${name}.mp4`);
  const input = ['-f', 'concat', '-safe', '0', '-i', list];
  const encoding = ['-r', '25', '-c:v', 'libx264', '-crf', '18', '-pix_fmt', 'yuv420p'];
  const { status, stderr } = spawnSync(await findFfmpeg(), ['-v', 'error', '-y', ...input, ...encoding, clip], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ffmpeg could not make a clip of ${name}: ${stderr}`);
  return clip;
};

/** Opens the clip, its first object given by its true mask. */
const open = async (services: Awaited<ReturnType<typeof startServices>>, sequence: Sequence): Promise<SessionService> => {
  const session = await services.sessions.open(await clipOf(sequence));
  const { labels, width, height } = readLabels(sequence.masks[0]!);
  const first = labels.find((label) => label !== 0)!;
  const { counts } = encodeRle(truthOf(labels, first), width, height);
  await session.edits.setMask(session.edits.addObject(), 0, { size: [height, width], counts: compressCounts(counts) });
  return session;
};

const services = await startServices({ model: values.model, precision: precisionOf(values.precision) });
try {
  console.log(`whole runs of ${values.model}, ${values.runs} each way in turn; ms a frame, median of the runs\n`);
  console.log('| clip | variant | one path | tree | ratio |');
  console.log('|---|---|---|---|---|');
  // On a certain clip both variants do the same.
  for (const { kind, name, settings } of costCases(values).slice(1)) {
    const [sequence] = sequencesOf({ ...values, sequences: name });
    const session = await open(services, sequence!);
    const ms: [number[], number[]] = [[], []];
    for (let run = 0; run < Number(values.runs); run++) {
      for (const side of run % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const))
        ms[side].push((await measureRun(session, warm, [onePath, settings][side])).frameMs);
    }
    const [one, many] = [median(ms[0]), median(ms[1])];
    console.log(`| ${name}, ${kind} | ${settings.variant} | ${one.toFixed(1)} | ${many.toFixed(1)} | ${(many / one).toFixed(2)} |`);
  }
} finally {
  await services.close();
  rmSync(folder, { recursive: true, force: true });
}
