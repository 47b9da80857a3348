import { describe, expect, it } from 'vitest';
import { resizePlaneAntialiased } from './resample.ts';

describe('resizing', () => {
  it('keeps a flat picture flat', () => {
    expect(resizePlaneAntialiased(new Float32Array(30).fill(1), 6, 5, 3, 2).every((v) => Math.abs(v - 1) < 1e-6)).toBe(true);
  });
});
