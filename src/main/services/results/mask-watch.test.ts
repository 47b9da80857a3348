/** What stands out in masks as they come. */
import { expect, it } from 'vitest';
import { compressCounts, encodeRle, rleBox } from '../../../shared/rle.ts';
import type { EngineResult } from '../../engine/api/protocol.ts';
import { MaskWatch } from './mask-watch.ts';

const size = { width: 60, height: 40 };

const square = (objectId: number, left: number, top = 10, side = 10): EngineResult => {
  const mask = new Uint8Array(size.width * size.height);
  for (let y = top; y < top + side; y++) mask.fill(1, y * size.width + left, y * size.width + left + side);
  const rle = encodeRle(mask, size.width, size.height);
  const box = rleBox(rle)!;
  return {
    ...{
      objectId,
      counts: compressCounts(rle.counts),
      box: [box.x, box.y, box.width, box.height],
      area: side * side,
      predictedIou: 0.9,
      objectLogit: 4,
    },
    ...{
      prompted: false,
      overlay: { objectId, width: 1, height: 1, scale: 1, predictedIou: 0.9, objectLogit: 4, logits: new Int8Array(1) },
    },
  };
};

it('tells a jump from movement, and not where the shot is another or the user pointed', () => {
  const watch = new MaskWatch(size);
  for (let frame = 0; frame < 6; frame++) expect(watch.watch(frame, [square(1, 2 + frame)], null).jumps).toEqual([]);
  expect(watch.watch(6, [square(1, 45)], null).jumps).toEqual([1]);
  expect(watch.watch(7, [square(1, 46)], null).jumps).toEqual([]);
  expect(watch.watch(8, [square(1, 5)], 8)).toEqual({ overlaps: [], jumps: [], cut: 8 });
  expect(watch.watch(9, [{ ...square(1, 45), prompted: true }], null).jumps).toEqual([]);
  // Another run begins elsewhere.
  expect(watch.watch(30, [square(1, 5)], null).jumps).toEqual([]);
});

it('tells two objects with the same mask from two that lie on each other', () => {
  const watch = new MaskWatch(size);
  expect(watch.watch(0, [square(1, 10), square(2, 10), square(3, 30)], null).overlaps).toEqual([[1, 2, 1]]);
  expect(watch.watch(1, [square(1, 10), square(2, 15), square(3, 10, 10, 20)], null).overlaps).toEqual([]);
});
