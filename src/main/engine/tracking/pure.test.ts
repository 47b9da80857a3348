import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRle } from '../../../shared/rle.ts';
import { roundToBf16 } from './bf16.ts';
import { logitsToRle, quantizeLogits } from './mask-upsample.ts';
import { resizePlaneAntialiased, resizeRgbBicubic } from './resample.ts';
import { TrackedFrames } from './tracked-frames.ts';

describe('roundToBf16', () => {
  it('rounds to the nearest, ties to even', () => {
    const bits = (u: number): number => new Float32Array(Uint32Array.of(u).buffer)[0]!;
    const rounded = roundToBf16(
      Float32Array.of(bits(0x3f808000), bits(0x3f818000), bits(0x3f808001), bits(0xbf807fff), Number.POSITIVE_INFINITY, Number.NaN, 0),
    );
    expect([...new Uint32Array(rounded.buffer)].map((u) => u >>> 16)).toEqual([0x3f80, 0x3f82, 0x3f81, 0xbf80, 0x7f80, 0x7fc0, 0]);
  });

  it('is idempotent and within half a step', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 }), (value) => {
        const once = roundToBf16(Float32Array.of(value))[0]!;
        expect(roundToBf16(Float32Array.of(once))[0]).toBe(once);
        expect(Math.abs(once - value)).toBeLessThanOrEqual(Math.abs(value) / 256 + 1e-38);
      }),
    );
  });
});

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

describe('resizing', () => {
  it('keeps a flat picture flat', () => {
    expect(new Set(resizeRgbBicubic(new Uint8Array(13 * 7 * 3).fill(91), 13, 7, 5, 9))).toEqual(new Set([91]));
    expect(resizePlaneAntialiased(new Float32Array(30).fill(1), 6, 5, 3, 2).every((v) => Math.abs(v - 1) < 1e-6)).toBe(true);
  });
});

describe('TrackedFrames', () => {
  it('remembers directions like a map', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3000), fc.constantFrom('forward', 'reverse', 'delete'))), (steps) => {
        const frames = new TrackedFrames();
        const model = new Map<number, boolean>();
        for (const [frame, kind] of steps) {
          if (kind === 'delete') {
            frames.delete(frame);
            model.delete(frame);
          } else {
            frames.set(frame, kind === 'reverse');
            model.set(frame, kind === 'reverse');
          }
        }
        for (const [frame] of steps) expect(frames.get(frame)?.reverse).toBe(model.get(frame));
      }),
    );
  });
});
