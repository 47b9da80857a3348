import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shrinkPlanes } from './shrink-planes.ts';

it('a thumbnail has whole planes of its size', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 90 }),
      fc.integer({ min: 2, max: 90 }),
      fc.integer({ min: 1, max: 40 }),
      (width, height, most) => {
        const bytes = (w: number, h: number): number => w * h + 2 * ((w + 1) >> 1) * ((h + 1) >> 1);
        const planes = new Uint8Array(bytes(width, height)).fill(9);
        const small = shrinkPlanes({ width, height, planes }, most, most);
        expect(small.planes.length).toBe(bytes(small.width, small.height));
        expect(small.planes.every((value) => value === 9)).toBe(true);
      },
    ),
  );
});
