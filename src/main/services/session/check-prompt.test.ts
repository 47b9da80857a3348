import { expect, it } from 'vitest';
import { compressCounts, encodeRle } from '../../../shared/rle.ts';
import { checkMask, checkPositive } from './check-prompt.ts';

const maskOf = (pixels: number[]) => ({
  size: [2, 2] as [number, number],
  counts: compressCounts(encodeRle(Uint8Array.from(pixels), 2, 2).counts),
});
const points = (...labels: (0 | 1)[]) => ({ frame: 0, points: labels.map((label) => ({ x: 1, y: 1, label })), box: null, mask: null });

it('a mask in which nothing is set is refused', () => {
  expect(() => checkMask(maskOf([0, 0, 0, 0]))).toThrow(expect.objectContaining({ code: 'prompt-invalid' }));
  for (const pixels of [
    [1, 0, 0, 0],
    [0, 0, 0, 1],
    [1, 1, 1, 1],
  ])
    expect(() => checkMask(maskOf(pixels))).not.toThrow();
});

it('background points alone are refused, unless they take away from a mask', () => {
  expect(() => checkPositive(points(0, 0), false)).toThrow(expect.objectContaining({ code: 'prompt-invalid' }));
  expect(() => checkPositive(points(0), true)).not.toThrow();
  expect(() => checkPositive(points(0, 1), false)).not.toThrow();
  expect(() => checkPositive({ ...points(0), box: { x: 0, y: 0, width: 1, height: 1 } }, false)).not.toThrow();
});
