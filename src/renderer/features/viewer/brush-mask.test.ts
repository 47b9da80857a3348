import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInMask, maskFromLogits, maskFromRgba, maskFromText } from './brush-mask.ts';

const grid = (width: number, height: number, logits: number[]) => ({ width, height, objectLogit: 1, logits: Int8Array.from(logits) });

describe('maskFromLogits', () => {
  it('cuts half way between a cell that is in and one that is out', () => {
    expect([...maskFromLogits(grid(2, 1, [10, -10]), 8, 1)]).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
    expect([...maskFromLogits(grid(1, 2, [-30, 10]), 1, 8)]).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
  });

  it('is empty where the object is not in the frame', () => {
    expect(maskFromLogits({ ...grid(1, 1, [50]), objectLogit: -1 }, 4, 4)).toEqual(new Uint8Array(16));
  });

  it('at the size of the grid is the sign of each value', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -127, max: 127 }), { minLength: 12, maxLength: 12 }), (logits) => {
        expect([...maskFromLogits(grid(4, 3, logits), 4, 3)]).toEqual(logits.map((value) => (value > 0 ? 1 : 0)));
      }),
    );
  });
});

describe('painted masks', () => {
  it('come back from their text as they were painted', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 35, maxLength: 35 }), (set) => {
        const rgba = new Uint8ClampedArray(set.flatMap((value) => [255, 0, 0, value ? 255 : 20]));
        expect([...maskFromText(maskFromRgba(rgba, 7, 5))]).toEqual(set.map(Number));
      }),
    );
  });
});

describe('isInMask', () => {
  it('finds the object under a pixel, and nothing outside the picture', () => {
    const overlay = { objectId: 1, scale: 1, predictedIou: 1, ...grid(2, 1, [10, -10]) };
    expect(isInMask(overlay, 10, 5, 100, 50)).toBe(true);
    expect(isInMask(overlay, 60, 5, 100, 50)).toBe(false);
    expect(isInMask(overlay, -1, 5, 100, 50)).toBe(false);
  });
});
