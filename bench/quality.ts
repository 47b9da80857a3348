/**
 * `npm run bench:quality [-- --data DIR --model BUNDLE --precision full|fast]`: J, F and J&F of the app's own tracker
 * on annotated sequences, from the first frame's mask and from one click on it. Any folder of the DAVIS layout serves.
 * Measured as DAVIS does: the first frame (given) is left out of the mask table, and for a click counted from the
 * second frame on too; an object's score is the mean over its frames, a sequence's the mean over its objects.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { logitsToRle } from '../src/main/engine/tracking/mask-upsample.ts';
import { VideoTracker } from '../src/main/engine/tracking/video-tracker.ts';
import { decodeRle } from '../src/shared/rle.ts';
import { contourAccuracy, regionSimilarity } from './davis-measures.ts';
import { centreOf, listSequences, readLabels, readModelFrame, type Sequence } from './davis-sequences.ts';
import { mean } from './statistics.ts';
import { benchOptions, openBench } from './tree/open-bench.ts';

const { values } = parseArgs({
  options: {
    ...benchOptions,
    json: { type: 'boolean', default: false },
  },
});
const data = resolve(values.data ?? join(import.meta.dirname, '../../shared/data/video/val'));
if (!existsSync(data)) {
  console.error(`There are no sequences in ${data}. Give a folder of NAME/frames and NAME/masks with --data.`);
  process.exit(1);
}

/**
 * J of plain label propagation with the untrained trunk's features: a tracker that is not ahead of it has learned
 * nothing.
 */
const labelPropagation: Record<string, number> = {
  'bmx-trees': 0.38,
  'car-shadow': 0.78,
  dog: 0.8,
  dogs_jump: 0.39,
  'horsejump-high': 0.55,
};

interface Score {
  j: number;
  f: number;
  /** Share of frames whose object logit has the right sign. */
  presence: number;
}

const { onnx: graphs, constants, manifest, title } = await openBench(values);

const measure = async (sequence: Sequence, frames: Uint8Array[], kind: 'mask' | 'click'): Promise<Score> => {
  const { width, height } = sequence;
  const tracker = new VideoTracker(graphs, constants, { width, height, frameCount: frames.length });
  const first = readLabels(sequence.masks[0]!).labels;
  const ids = [...new Set(first)].filter((id) => id !== 0).sort((a, b) => a - b);
  const image = (): Uint8Array => frames[0]!;
  for (const id of ids) {
    const mask = first.map((label) => (label === id ? 1 : 0));
    if (kind === 'mask') await tracker.setMask(id, 0, mask, image);
    else {
      const { x, y } = centreOf(mask, width, height)!;
      await tracker.setPoints(id, 0, { points: [[x + 0.5, y + 0.5]], labels: [1], box: null }, image);
    }
  }
  await tracker.encodePending(0, image);
  tracker.startPropagation();
  const scores = new Map(ids.map((id) => [id, { j: [] as number[], f: [] as number[], presence: [] as number[] }]));
  for (let t = 0; t < frames.length; t++) {
    const results = await tracker.trackFrame(t, false, () => frames[t]!);
    if (t === 0) continue;
    const truth = readLabels(sequence.masks[t]!).labels;
    for (const { objectId, logits, objectLogit } of results) {
      const wanted = truth.map((label) => (label === objectId ? 1 : 0));
      const mask = decodeRle(logitsToRle(logits, constants.logitSize, constants.logitSize, width, height));
      const score = scores.get(objectId)!;
      score.j.push(regionSimilarity(mask, wanted));
      score.f.push(contourAccuracy(mask, wanted, width, height));
      score.presence.push(objectLogit > 0 === wanted.includes(1) ? 1 : 0);
    }
  }
  tracker.dispose();
  const all = [...scores.values()];
  return { j: mean(all.map((s) => mean(s.j))), f: mean(all.map((s) => mean(s.f))), presence: mean(all.map((s) => mean(s.presence))) };
};

const rows: { name: string; baseline: number | null; mask: Score; click: Score }[] = [];
for (const sequence of listSequences(data)) {
  const frames: Uint8Array[] = [];
  for (const path of sequence.frames) frames.push(await readModelFrame(path, constants.imageSize));
  rows.push({
    name: sequence.name,
    baseline: labelPropagation[sequence.name] ?? null,
    mask: await measure(sequence, frames, 'mask'),
    click: await measure(sequence, frames, 'click'),
  });
  if (!values.json) console.error(`${sequence.name} done`);
}

const total = (pick: (row: (typeof rows)[number]) => Score): Score => ({
  j: mean(rows.map((r) => pick(r).j)),
  f: mean(rows.map((r) => pick(r).f)),
  presence: mean(rows.map((r) => pick(r).presence)),
});
rows.push({
  name: 'mean',
  baseline: rows.every((r) => r.baseline !== null) ? mean(rows.map((r) => r.baseline!)) : null,
  mask: total((r) => r.mask),
  click: total((r) => r.click),
});

if (values.json)
  console.log(JSON.stringify({ model: manifest.id, version: manifest.version, encoder: graphs.encoderPrecision, rows }, null, 1));
else {
  const n = (value: number): string => value.toFixed(3);
  const line = ({ name, baseline, mask, click }: (typeof rows)[number]): string =>
    `| ${[name, baseline === null ? '' : n(baseline), ...[mask, click].flatMap((s) => [n(s.j), n(s.f), n((s.j + s.f) / 2), n(s.presence)])].join(' | ')} |`;
  console.log(`${title}\n`);
  console.log('| sequence | propagation J | mask J | mask F | mask J&F | mask presence | click J | click F | click J&F | click presence |');
  console.log('|---|---|---|---|---|---|---|---|---|---|');
  for (const row of rows) console.log(line(row));
}
