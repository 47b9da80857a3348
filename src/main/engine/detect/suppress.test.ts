import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxIou, edgesOf } from '../../common/box-iou.ts';
import { type Detection, suppress } from './suppress.ts';

const share = fc.integer({ min: 0, max: 20 }).map((value) => value / 20);
const detection: fc.Arbitrary<Detection> = fc
  .tuple(share, share, share, share, share, fc.integer({ min: 0, max: 2 }))
  .map(([left, top, right, bottom, score, classIndex]) => ({ left, top, right, bottom, score, classIndex }));

describe('suppression', () => {
  it('keeps the better of two boxes of one class, and both of two classes', () => {
    const box = { left: 0, top: 0, right: 0.5, bottom: 0.5 };
    const person = { ...box, score: 0.5, classIndex: 0 };
    const better = { ...box, right: 0.55, score: 0.9, classIndex: 0 };
    const horse = { ...box, score: 0.4, classIndex: 1 };
    expect(suppress([person, better, horse], 0.5)).toEqual([better, horse]);
  });

  it('leaves no two boxes of one class over the limit, and drops nothing without a better one', () => {
    fc.assert(
      fc.property(fc.array(detection, { maxLength: 12 }), share, (all, overlap) => {
        const kept = suppress(all, overlap);
        const overlaps = (a: Detection, b: Detection): boolean => a.classIndex === b.classIndex && boxIou(edgesOf(a), edgesOf(b)) > overlap;
        for (const [i, one] of kept.entries()) expect(kept.slice(i + 1).some((other) => overlaps(one, other))).toBe(false);
        for (const one of all) if (!kept.includes(one)) expect(kept.some((k) => overlaps(k, one) && k.score >= one.score)).toBe(true);
        expect(suppress(kept, overlap)).toEqual(kept);
      }),
    );
  });

  it('measures overlap alike from both sides, between 0 and 1', () => {
    fc.assert(
      fc.property(detection, detection, (a, b) => {
        expect(boxIou(edgesOf(a), edgesOf(b))).toBe(boxIou(edgesOf(b), edgesOf(a)));
        expect(boxIou(edgesOf(a), edgesOf(b))).toBeGreaterThanOrEqual(0);
        expect(boxIou(edgesOf(a), edgesOf(b))).toBeLessThanOrEqual(1);
      }),
    );
  });
});
