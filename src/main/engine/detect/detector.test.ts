/**
 * The bundled detectors beside TensorFlow.js, which ran their originals on the same photograph
 * (tests/fixtures/detectors).
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { boxIou, edgesOf } from '../../common/box-iou.ts';
import { TempFolder } from '../../common/testing/temp-folder.ts';
import { openDetectorBundle } from '../model/bundle/detector-bundle.ts';
import { chooseProviders } from '../model/runtime/providers.ts';
import { Detector } from './detector.ts';
import { suppress } from './suppress.ts';

const root = resolve(import.meta.dirname, '../../../..');
const fixtures = join(root, 'tests/fixtures/detectors');
const bundleOf = (id: string): string => join(root, 'models', id, 'bundle');

const expectedSchema = z.array(
  z.object({ box: z.tuple([z.number(), z.number(), z.number(), z.number()]), score: z.number(), class: z.string() }),
);
const inside = (value: number): number => Math.min(1, Math.max(0, value));

const { width, height, data } = decode(readFileSync(join(fixtures, 'picture.png')));
const picture = { data: Uint8Array.from(data), width, height };
const cpu = chooseProviders('cpu', 2);

describe.each(['coco-centernet', 'blazeface'])('%s', async (id) => {
  const detector = await Detector.open(await openDetectorBundle(bundleOf(id)), cpu);
  afterAll(() => detector.release());
  const { classes, overlap } = detector.manifest;

  it('finds what the original finds', async () => {
    const found = await detector.detect(picture, width / height, 0.2);
    const recorded = expectedSchema.parse(JSON.parse(readFileSync(join(fixtures, `${id}.json`), 'utf8'))).map(({ box, score, ...one }) => {
      const [left, top, right, bottom] = box.map(inside) as [number, number, number, number];
      return { left, top, right, bottom, score, classIndex: classes.indexOf(one.class) };
    });
    // Pictures are fitted by another program there: a box at the very limit may be on either side of it.
    const clear = suppress(recorded, overlap).filter(({ score }) => score >= 0.25);
    expect(clear.length).toBeGreaterThan(0);
    for (const wanted of clear) {
      const match = found
        .filter(({ classIndex }) => classIndex === wanted.classIndex)
        .find((one) => boxIou(edgesOf(one), edgesOf(wanted)) > 0.9);
      expect(match, `${classes[wanted.classIndex]} at ${wanted.score}`).toBeDefined();
      expect(Math.abs(match!.score - wanted.score)).toBeLessThan(0.06);
    }
    expect(found.filter(({ score }) => score >= 0.3).length).toBeLessThanOrEqual(clear.length);
  });

  it('finds the same in a picture that was stretched', async () => {
    const side = 352;
    const square = new Uint8Array(side * side * 3);
    for (let i = 0; i < side * side; i++) {
      const from = (Math.floor((Math.floor(i / side) * height) / side) * width + Math.floor(((i % side) * width) / side)) * 3;
      square.set(picture.data.subarray(from, from + 3), i * 3);
    }
    const [whole] = await detector.detect(picture, width / height);
    const [stretched] = await detector.detect({ data: square, width: side, height: side }, width / height);
    expect(stretched!.classIndex).toBe(whole!.classIndex);
    expect(boxIou(edgesOf(stretched!), edgesOf(whole!))).toBeGreaterThan(0.85);
  });

  it('finds nothing in black', async () => {
    expect(await detector.detect({ data: new Uint8Array(64 * 64 * 3), width: 64, height: 64 }, 1, 0.5)).toEqual([]);
  });
});

describe('a detector bundle', () => {
  it('is refused when its graph was changed, and when its manifest is of another kind', async () => {
    await using temp = await TempFolder.create();
    const folder = temp.path;
    cpSync(bundleOf('blazeface'), folder, { recursive: true });
    const graph = readFileSync(join(folder, 'detector.onnx'));
    graph[graph.length >> 1]! ^= 1;
    writeFileSync(join(folder, 'detector.onnx'), graph);
    await expect(openDetectorBundle(folder)).rejects.toMatchObject({ code: 'model-tampered' });
    writeFileSync(join(folder, 'detector.onnx'), graph.subarray(1));
    await expect(openDetectorBundle(folder)).rejects.toMatchObject({ code: 'model-corrupt' });
    await expect(openDetectorBundle(bundleOf('nano'))).rejects.toMatchObject({ code: 'model-corrupt' });
    await expect(openDetectorBundle(bundleOf('nothing'))).rejects.toMatchObject({ code: 'model-missing' });
  });
});
