import { expect, it } from 'vitest';
import { rgbOf, yuvConversion } from './color.ts';

const rgb = (space: 'bt601' | 'bt709' | 'bt2020', fullRange: boolean, yuv: [number, number, number]): number[] => {
  const { matrix, offset } = yuvConversion(space, fullRange);
  const v = yuv.map((value, i) => value / 255 - offset[i]!);
  return [0, 1, 2].map((row) => Math.round(255 * (matrix[row * 3]! * v[0]! + matrix[row * 3 + 1]! * v[1]! + matrix[row * 3 + 2]! * v[2]!)));
};

it.each([
  ['bt709', false, [235, 128, 128], [255, 255, 255]],
  ['bt709', false, [16, 128, 128], [0, 0, 0]],
  ['bt709', true, [255, 128, 128], [255, 255, 255]],
  // Pure red and blue of BT.601 and BT.709, from the standards' tables.
  ['bt601', false, [81, 90, 240], [254, 0, 0]],
  ['bt709', false, [63, 102, 240], [255, 1, 0]],
] as const)('%s, full range %s: %o is %o', (space, fullRange, yuv, expected) => {
  const actual = rgb(space, fullRange, [...yuv]);
  for (const [i, value] of expected.entries()) expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(2);
});

it('rgbOf reads #rrggbb', () => expect(rgbOf('#ff0080')).toEqual([1, 0, 128 / 255]));
