import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRle } from '../../../../shared/rle.ts';
import { outlinesOf, type Polygon } from './mask-outline.ts';

/** Pixels whose centre lies inside, by the even-odd rule. */
const fill = (polygons: readonly Polygon[], width: number, height: number): number[] =>
  Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
    const isInside = (polygon: Polygon): boolean =>
      polygon.filter(([ax, ay], k) => {
        const [bx, by] = polygon[(k + 1) % polygon.length]!;
        return ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax);
      }).length %
        2 ===
      1;
    return polygons.some(isInside) ? 1 : 0;
  });

/** Fills what is not reached from the border: the masks of these formats have no holes. */
const withoutHoles = (mask: readonly number[], width: number, height: number): number[] => {
  const outside = new Set<number>();
  const visit = (x: number, y: number): void => {
    const i = y * width + x;
    if (x < 0 || y < 0 || x >= width || y >= height || mask[i] === 1 || outside.has(i)) return;
    outside.add(i);
    // What is outside may go between two pixels that touch at a corner.
    for (const [dx, dy] of [-1, 0, 1].flatMap((a) => [-1, 0, 1].map((b) => [a, b] as const))) visit(x + dx, y + dy);
  };
  for (let x = 0; x < width; x++) for (const y of [0, height - 1]) visit(x, y);
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) visit(x, y);
  return mask.map((_, i) => (outside.has(i) ? 0 : 1));
};

describe('the outlines of a mask', () => {
  it('are corners alone, from the upper left one on', () => {
    // ##.
    // ###
    const mask = Uint8Array.of(1, 1, 0, 1, 1, 1);
    expect(outlinesOf(encodeRle(mask, 3, 2))).toEqual([
      [
        [0, 0],
        [2, 0],
        [2, 1],
        [3, 1],
        [3, 2],
        [0, 2],
      ],
    ]);
  });

  it('are one for each part; pixels that touch at a corner are two', () => {
    expect(outlinesOf(encodeRle(Uint8Array.of(1, 0, 0, 1), 2, 2))).toHaveLength(2);
    expect(outlinesOf(encodeRle(new Uint8Array(4), 2, 2))).toEqual([]);
  });

  it('are the very mask when they are filled, but for its holes', () => {
    const size = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(
        size.chain((width) =>
          size.chain((height) =>
            fc
              .array(fc.constantFrom(0, 1), { minLength: width * height, maxLength: width * height })
              .map((mask) => ({ mask, width, height })),
          ),
        ),
        ({ mask, width, height }) => {
          const filled = fill(outlinesOf(encodeRle(Uint8Array.from(mask), width, height)), width, height);
          expect(filled.every((value, i) => value >= mask[i]!)).toBe(true);
          const whole = withoutHoles(mask, width, height);
          expect(filled.every((value, i) => value <= whole[i]! || mask[i] === 1)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
