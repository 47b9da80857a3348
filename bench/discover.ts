/**
 * `npm run bench:discover [-- --data DIR --strategy detector|grid|motion|hybrid --sequences a,b]`: what the app finds
 * by itself in annotated sequences.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Detector } from '../src/main/engine/detect/detector.ts';
import { openDetectorBundle } from '../src/main/engine/model/bundle/detector-bundle.ts';
import { chooseProviders } from '../src/main/engine/model/runtime/providers.ts';
import { DetectorStrategy } from '../src/main/engine/prompting/detector-strategy.ts';
import { GridStrategy } from '../src/main/engine/prompting/grid-strategy.ts';
import { HybridStrategy } from '../src/main/engine/prompting/hybrid-strategy.ts';
import { appPaths } from '../src/main/services/base/app-paths.ts';
import { listSequences, type Sequence } from './davis-sequences.ts';
import { findInSequence, framesPerSecond } from './discover/find-in-sequence.ts';
import { idf1, objectsOf } from './discover/identity.ts';
import { mean } from './statistics.ts';
import { benchOptions, openBench } from './tree/open-bench.ts';

const { values } = parseArgs({
  options: {
    ...benchOptions,
    sequences: { type: 'string' },
    strategy: { type: 'string', default: 'detector' },
    density: { type: 'string', default: '16' },
    interval: { type: 'string', default: '8' },
    iou: { type: 'string', default: '0.7' },
    box: { type: 'string', default: '0.5' },
    frames: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const folder = resolve(values.data ?? join(import.meta.dirname, '../../shared/data/video'));
const isSequence = (path: string): boolean => existsSync(join(path, 'frames')) && existsSync(join(path, 'masks'));
const sets = readdirSync(folder).some((name) => isSequence(join(folder, name)))
  ? [folder]
  : readdirSync(folder).map((name) => join(folder, name));
const wanted = values.sequences?.split(',');
const sequences: (Sequence & { set: string })[] = sets
  .flatMap((set) => listSequences(set).map((sequence) => ({ ...sequence, set: set.slice(folder.length + 1) })))
  .filter(({ name }) => !wanted || wanted.includes(name));

const bench = await openBench({ ...values, precision: values.precision ?? 'fast' });
const detector =
  values.strategy === 'grid'
    ? null
    : await Detector.open(await openDetectorBundle(join(appPaths().models, 'coco-centernet/bundle')), chooseProviders('cpu'));
const density = Number(values.density);
const interval = Number(values.interval);
const rows: { objects: number; within: number; ids: number[]; double: number }[] = [];
for (const sequence of sequences) {
  const found = await findInSequence(sequence, {
    bench,
    detector,
    discovery: () => ({
      strategy:
        values.strategy === 'grid'
          ? new GridStrategy(density)
          : new HybridStrategy([
              { strategy: new DetectorStrategy(null), weight: 1 },
              { strategy: new GridStrategy(density), weight: values.strategy === 'only' ? 0 : 1 },
            ]),
      thresholds: { pointIou: Number(values.iou), boxIou: Number(values.box), stability: 0, stabilityOffset: 1 },
      limits: { least: 1000 / (1280 * 720), most: 0.6 },
      maxObjects: 8,
    }),
    budget: (frame) => (frame % interval === 0 ? density * density * 2 : 0),
    ...(values.frames && { mostFrames: Number(values.frames) }),
    ...(values.verbose && { log: console.log }),
  });
  const objects = objectsOf(found.frames);
  const limit = 2 * framesPerSecond;
  const within = objects.filter(({ cameAt, foundAt }) => foundAt !== null && foundAt - cameAt <= limit).length;
  const ids = objects.filter((one) => one.ids > 0).map((one) => one.ids);
  rows.push({ objects: objects.length, within, ids, double: found.longestDouble });
  console.log(
    `${sequence.set}/${sequence.name}: ${within}/${objects.length} ids ${ids.join(',')} idf1 ${idf1(found.frames).toFixed(2)} double ${found.longestDouble} births ${found.births} cuts ${found.cuts} prompts ${found.prompts} ${found.meanMs.toFixed(0)} ms/frame of ${found.frames.length}`,
  );
}
const sum = (pick: (row: (typeof rows)[number]) => number): number => rows.reduce((all, row) => all + pick(row), 0);
console.log(
  `found ${(sum((r) => r.within) / sum((r) => r.objects)).toFixed(3)} of ${sum((r) => r.objects)}, ids ${mean(rows.flatMap((r) => r.ids)).toFixed(2)}`,
);
