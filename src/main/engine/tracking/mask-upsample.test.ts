import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRle } from '../../../shared/rle.ts';
import { logitsToRle, quantizeLogits } from './mask-upsample.ts';

describe('logitsToRle', () => {
  const naive = (logits: Float32Array, grid: number, width: number, height: number): Uint8Array => {
    const mask = new Uint8Array(width * height);
    const at = (y: number, x: number): number => logits[Math.min(grid - 1, y) * grid + Math.min(grid - 1, x)]!;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const sy = Math.max(0, ((y + 0.5) * grid) / height - 0.5);
        const sx = Math.max(0, ((x + 0.5) * grid) / width - 0.5);
        const [y0, x0] = [Math.floor(sy), Math.floor(sx)];
        const fy = Math.fround(sy - y0);
        const fx = Math.fround(sx - x0);
        const top = at(y0, x0) + (at(y0, x0 + 1) - at(y0, x0)) * fx;
        const bottom = at(y0 + 1, x0) + (at(y0 + 1, x0 + 1) - at(y0 + 1, x0)) * fx;
        mask[y * width + x] = top + (bottom - top) * fy > 0 ? 1 : 0;
      }
    }
    return mask;
  };

  it('equals thresholding the full bilinear picture', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 36, maxLength: 36 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        (values, width, height) => {
          const logits = Float32Array.from(values);
          expect(decodeRle(logitsToRle(logits, 6, 6, width, height))).toEqual(naive(logits, 6, width, height));
        },
      ),
    );
  });

  it('keeps the sign of every logit when it is quantised', () => {
    const { values } = quantizeLogits(Float32Array.of(0.001, -0.001, 0, 3, -3, 99, -99));
    expect([...values].map((v) => v > 0)).toEqual([true, false, false, true, false, true, false]);
  });
});
