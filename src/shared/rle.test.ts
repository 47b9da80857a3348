import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressCounts, decodeRle, encodeRle, expandCounts, rleArea, rleBox, rleIou } from './rle.ts';

const mask = fc.tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 24 })).chain(([width, height]) =>
  fc.record({
    width: fc.constant(width),
    height: fc.constant(height),
    bits: fc.uint8Array({ minLength: width * height, maxLength: width * height, max: 1 }),
  }),
);

describe('run lengths', () => {
  it('survive a round trip, compressed too', () => {
    fc.assert(
      fc.property(mask, ({ width, height, bits }) => {
        const rle = encodeRle(bits, width, height);
        expect(decodeRle(rle)).toEqual(bits);
        expect(expandCounts(compressCounts(rle.counts))).toEqual(rle.counts);
      }),
    );
  });

  it('know area and box', () => {
    fc.assert(
      fc.property(mask, ({ width, height, bits }) => {
        const rle = encodeRle(bits, width, height);
        const set = [...bits.keys()].filter((i) => bits[i]);
        expect(rleArea(rle)).toBe(set.length);
        const xs = set.map((i) => i % width);
        const ys = set.map((i) => Math.floor(i / width));
        const expected =
          set.length === 0
            ? null
            : {
                x: Math.min(...xs),
                y: Math.min(...ys),
                width: Math.max(...xs) - Math.min(...xs) + 1,
                height: Math.max(...ys) - Math.min(...ys) + 1,
              };
        expect(rleBox(rle)).toEqual(expected);
      }),
    );
  });

  it('measure overlap', () => {
    fc.assert(
      fc.property(mask, fc.infiniteStream(fc.integer({ min: 0, max: 1 })), ({ width, height, bits }, stream) => {
        const other = Uint8Array.from(bits, () => stream.next().value as number);
        const both = bits.filter((b, i) => b && other[i]).length;
        const either = bits.filter((b, i) => b || other[i]).length;
        expect(rleIou(encodeRle(bits, width, height), encodeRle(other, width, height))).toBeCloseTo(either === 0 ? 1 : both / either);
      }),
    );
  });

  it('write the text that pycocotools writes', () => {
    // mask.encode of a 4 x 3 mask whose column-major bits are 0 0 1 1 | 1 1 0 0 | 0 1 0 1
    expect(compressCounts([2, 4, 3, 1, 1, 1])).toBe('243MN0');
  });

  it('refuse text that ends inside a count', () => {
    expect(() => expandCounts('P')).toThrow(RangeError);
  });
});
