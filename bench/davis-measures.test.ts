import { describe, expect, it } from 'vitest';
import { boundary, contourAccuracy, dilate, regionSimilarity } from './davis-measures.ts';
import { centreOf } from './davis-sequences.ts';

const width = 60;
const height = 40;
const box = (x0: number, y0: number, x1: number, y1: number): Uint8Array =>
  Uint8Array.from({ length: width * height }, (_, i) =>
    i % width >= x0 && i % width < x1 && Math.floor(i / width) >= y0 && Math.floor(i / width) < y1 ? 1 : 0,
  );

describe('DAVIS measures', () => {
  it('are 1 for equal masks and for two empty ones', () => {
    const a = box(10, 10, 30, 30);
    expect([regionSimilarity(a, a), contourAccuracy(a, a, width, height)]).toEqual([1, 1]);
    const empty = new Uint8Array(width * height);
    expect([regionSimilarity(empty, empty), contourAccuracy(empty, empty, width, height)]).toEqual([1, 1]);
    expect([regionSimilarity(a, empty), contourAccuracy(a, empty, width, height)]).toEqual([0, 0]);
  });

  it('forgive a contour within the tolerance and not beyond it', () => {
    const a = box(10, 10, 30, 30);
    // 0.8 % of the diagonal of 60 x 40 is 0.58, rounded up to one pixel.
    expect(contourAccuracy(box(11, 10, 31, 30), a, width, height)).toBe(1);
    expect(contourAccuracy(box(14, 14, 34, 34), a, width, height)).toBeLessThan(0.3);
    expect(regionSimilarity(box(10, 10, 30, 20), a)).toBe(0.5);
  });

  it('draw boundaries and disks', () => {
    expect(boundary(box(10, 10, 30, 30), width, height).reduce((sum, v) => sum + v, 0)).toBe(4 * 20);
    const point = new Uint8Array(width * height);
    point[20 * width + 30] = 1;
    expect(dilate(point, width, height, 2).reduce((sum, v) => sum + v, 0)).toBe(13);
  });

  it('click in the middle', () => {
    const { x, y } = centreOf(box(10, 10, 31, 31), width, height)!;
    expect([x, y]).toEqual([20, 20]);
  });
});
