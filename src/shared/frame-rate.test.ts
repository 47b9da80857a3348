import { expect, it } from 'vitest';
import { parseFrameRate } from './frame-rate.ts';

it.each([
  ['25', 25, 1],
  ['29.97', 2997, 100],
  ['30000/1001', 30000, 1001],
  [' 24000 / 1001 ', 24000, 1001],
  ['0.1', 1, 10],
  ['12.50', 25, 2],
  ['1/2.5', 2, 5],
])('%s frames a second', (text, num, den) => expect(parseFrameRate(text)).toEqual({ num, den }));

it('comes as near as 32 bits allow', () => {
  const rate = parseFrameRate('29.97002997002997')!;
  expect(rate.num / rate.den).toBeCloseTo(29.97002997002997, 9);
  expect(Math.max(rate.num, rate.den)).toBeLessThan(2 ** 31);
});

it.each(['', 'fast', '0', '-5', '1e3', '25/0', '1/1/1', '0.01', '5000', 'NaN', '25 fps'])('"%s" is none', (text) =>
  expect(parseFrameRate(text)).toBeNull(),
);
