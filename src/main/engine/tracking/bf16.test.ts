import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundToBf16 } from './bf16.ts';

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
