import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Redaction, redactionSchema, redactionStyles } from '../../../shared/redaction.ts';
import { compressCounts, encodeRle } from '../../../shared/rle.ts';
import { planesByteLength } from '../../../shared/wire.ts';
import { Redactor } from './redactor.ts';

const countsOf = (mask: Uint8Array, width: number, height: number): string => compressCounts(encodeRle(mask, width, height).counts);
const redactionWith = (change: Partial<Redaction>): Redaction => redactionSchema.parse(change);

/** Pixels within the margin of the mask along rows and columns, and those that share their colour with one. */
const isNear = (mask: Uint8Array, width: number, height: number, margin: number, x: number, y: number): boolean => {
  for (let my = 0; my < height; my++)
    for (let mx = 0; mx < width; mx++) {
      if (mask[my * width + mx] === 0) continue;
      if (Math.abs(mx - x) <= margin && Math.abs(my - y) <= margin) return true;
    }
  return false;
};

const scene = fc
  .tuple(fc.integer({ min: 2, max: 14 }), fc.integer({ min: 2, max: 12 }), fc.integer({ min: 0, max: 3 }))
  .chain(([width, height, margin]) => {
    const picture = fc.uint8Array({ minLength: planesByteLength(width, height), maxLength: planesByteLength(width, height) });
    const mask = fc.uint8Array({ minLength: width * height, maxLength: width * height, max: 1 });
    return fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      margin: fc.constant(margin),
      mask,
      first: picture,
      second: picture,
    });
  });

describe.each(redactionStyles)('%s', (style) => {
  it('hides every pixel near the mask, and no other but those that share its colour', () => {
    fc.assert(
      fc.property(scene, ({ width, height, margin, mask, first, second }) => {
        const masks = new Map([[1, countsOf(mask, width, height)]]);
        const redactor = new Redactor(width, height, redactionWith({ style, margin }), false);
        redactor.apply(first.slice(), masks);
        // Whatever the next frame holds under the mask, what is shown there is the same.
        const shown = second.slice();
        redactor.apply(shown, masks);
        const changed = second.map((value) => 255 - value);
        const alsoShown = changed.slice();
        redactor.apply(alsoShown, masks);
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++) {
            const at = y * width + x;
            if (isNear(mask, width, height, margin, x, y)) expect(shown[at]).toBe(alsoShown[at]);
            const isTouched = [0, 1].some((dx) => [0, 1].some((dy) => isNear(mask, width, height, margin, (x & ~1) + dx, (y & ~1) + dy)));
            const isWide = isNear(mask, width, height, margin + 1, x, y);
            if (!isTouched && !isWide) expect([shown[at], alsoShown[at]]).toEqual([second[at], changed[at]]);
          }
      }),
      { numRuns: 150 },
    );
  });

  it('tells no more in thirty frames than in one', () => {
    const [width, height] = [64, 48];
    const texture = Uint8Array.from({ length: 24 * 24 }, (_, i) => ((Math.floor(i / 24) + (i % 24)) % 2 === 0 ? 40 : 210));
    const redactor = new Redactor(width, height, redactionWith({ style, margin: 2 }), false);
    const aligned: Uint8Array[] = [];
    for (let frame = 0; frame < 30; frame++) {
      // The object goes along in steps that put its pixels into other cells.
      const [left, top] = [4 + (frame % 8), 4 + (frame % 5)];
      const planes = new Uint8Array(planesByteLength(width, height)).fill(90);
      const mask = new Uint8Array(width * height);
      for (let i = 0; i < texture.length; i++) {
        const at = (top + Math.floor(i / 24)) * width + left + (i % 24);
        planes[at] = texture[i]!;
        mask[at] = 1;
      }
      redactor.apply(planes, new Map([[1, countsOf(mask, width, height)]]));
      aligned.push(texture.map((_, i) => planes[(top + Math.floor(i / 24)) * width + left + (i % 24)]!));
    }
    const distance = (guess: (i: number) => number): number => texture.reduce((sum, value, i) => sum + (guess(i) - value) ** 2, 0);
    const one = distance((i) => aligned[0]![i]!);
    const average = distance((i) => aligned.reduce((sum, picture) => sum + picture[i]!, 0) / aligned.length);
    expect(average).toBeGreaterThan(one * 0.99);
  });
});

it('hides everything but the objects, and a margin of them', () => {
  const [width, height] = [12, 8];
  const mask = Uint8Array.from({ length: width * height }, (_, i) => (i % width >= 2 && i % width <= 9 ? 1 : 0));
  const planes = new Uint8Array(planesByteLength(width, height)).fill(200);
  const redaction = redactionWith({ hides: 'everything-else', margin: 2 });
  new Redactor(width, height, redaction, true).apply(planes, new Map([[1, countsOf(mask, width, height)]]));
  expect([...planes.subarray(0, width)]).toEqual([0, 0, 0, 0, 200, 200, 200, 200, 0, 0, 0, 0]);
});
