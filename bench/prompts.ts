/**
 * `npm run bench:prompts [-- --data DIR --model BUNDLE --precision full|fast]`: how well the app's own tracker answers
 * prompts on held-out photographs, as mean IoU at the size of the label maps: one click at the place farthest from the
 * object's outside, three clicks (each further one at such a place of the larger error, missed or too much), and a
 * tight box. *elsewhere* is the first click taken from another region: a model that ignores its prompt scores the same
 * there. The regions are those of `held-out-regions.csv`; DIR holds `images` and `labels`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { decode } from 'fast-png';
import { logitsToRle } from '../src/main/engine/tracking/mask-upsample.ts';
import type { PointPrompt } from '../src/main/engine/tracking/point-prompt.ts';
import { VideoTracker } from '../src/main/engine/tracking/video-tracker.ts';
import { decodeRle } from '../src/shared/rle.ts';
import { regionSimilarity } from './davis-measures.ts';
import { centreOf, readModelFrame } from './davis-sequences.ts';
import { mean } from './statistics.ts';
import { benchOptions, openBench } from './tree/open-bench.ts';

const { values } = parseArgs({
  options: benchOptions,
});
const data = resolve(values.data ?? join(import.meta.dirname, '../../shared/data/train'));
if (!existsSync(join(data, 'labels'))) {
  console.error(`There are no photographs in ${data}. Give a folder with images and labels with --data.`);
  process.exit(1);
}

interface Region {
  image: string;
  labels: string;
  id: number;
}

const regions: Region[] = readFileSync(join(import.meta.dirname, 'held-out-regions.csv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','))
  .map(([image, labels, id]) => ({ image: image!, labels: labels!, id: Number(id) }));

const readRegion = ({ labels, id }: Region): { mask: Uint8Array; width: number; height: number } => {
  const { width, height, data: ids, channels } = decode(readFileSync(join(data, 'labels', labels)));
  return { mask: Uint8Array.from({ length: width * height }, (_, i) => (ids[i * channels] === id ? 1 : 0)), width, height };
};

const tightBox = (mask: Uint8Array, width: number): [number, number, number, number] => {
  let [left, top, right, bottom] = [width, mask.length, 0, 0];
  mask.forEach((value, i) => {
    if (!value) return;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
  });
  return [left, top, right, bottom];
};

/**
 * The next click: in the middle of what is missed or of what is too much, whichever is more; in the object where
 * nothing is wrong.
 */
const nextClick = (found: Uint8Array, wanted: Uint8Array, width: number, height: number): { point: [number, number]; label: number } => {
  const missed = wanted.map((value, i) => (value && !found[i] ? 1 : 0));
  const extra = found.map((value, i) => (value && !wanted[i] ? 1 : 0));
  const count = (mask: Uint8Array): number => mask.reduce((sum, value) => sum + value, 0);
  const isMissed = count(missed) >= count(extra);
  const { x, y } = centreOf(isMissed ? missed : extra, width, height) ?? centreOf(wanted, width, height)!;
  return { point: [x + 0.5, y + 0.5], label: isMissed ? 1 : 0 };
};

const { onnx, constants, title } = await openBench(values);

const scores = { click: [] as number[], three: [] as number[], box: [] as number[], elsewhere: [] as number[] };
let stray: [number, number] = [0.5, 0.5];

const measure = async (region: Region, frame: Uint8Array): Promise<void> => {
  const { mask: wanted, width, height } = readRegion(region);
  const tracker = new VideoTracker(onnx, constants, { width, height, frameCount: 1 });
  const answer = async (objectId: number, prompt: PointPrompt): Promise<Uint8Array> => {
    const { logits } = await tracker.setPoints(objectId, 0, prompt, () => frame);
    return decodeRle(logitsToRle(logits, constants.logitSize, constants.logitSize, width, height));
  };
  const centre = centreOf(wanted, width, height)!;
  const points: [number, number][] = [[centre.x + 0.5, centre.y + 0.5]];
  const labels = [1];
  let found = await answer(1, { points: [...points], labels: [...labels], box: null });
  scores.click.push(regionSimilarity(found, wanted));
  for (let n = 0; n < 2; n++) {
    const { point, label } = nextClick(found, wanted, width, height);
    points.push(point);
    labels.push(label);
    found = await answer(1, { points: [...points], labels: [...labels], box: null });
  }
  scores.three.push(regionSimilarity(found, wanted));
  scores.box.push(regionSimilarity(await answer(2, { points: [], labels: [], box: tightBox(wanted, width) }), wanted));
  const other: [number, number] = [stray[0] * width, stray[1] * height];
  scores.elsewhere.push(regionSimilarity(await answer(3, { points: [other], labels: [1], box: null }), wanted));
  stray = [points[0]![0] / width, points[0]![1] / height];
  tracker.dispose();
};

const byImage = Map.groupBy(regions, ({ image }) => image);
for (const [image, ofImage] of byImage) {
  const frame = await readModelFrame(join(data, 'images', image), constants.imageSize);
  for (const region of ofImage) await measure(region, frame);
}

console.log(`${title}, ${regions.length} regions\n`);
console.log('| one click | three clicks | box | elsewhere |');
console.log('|---|---|---|---|');
const { click, three, box, elsewhere } = scores;
console.log(`| ${[click, three, box, elsewhere].map((list) => mean(list).toFixed(3)).join(' | ')} |`);
