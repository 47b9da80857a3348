import { expect, it } from 'vitest';
import { shuttleRate } from './shuttle.ts';

it('doubles when the same direction is asked for again, up to sixteen times, and begins anew in the other', () => {
  let rate = 0;
  const rates = [1, 1, 1, 1, 1, 1, -1, -1, 1].map((direction) => {
    rate = shuttleRate(rate, direction as 1 | -1);
    return rate;
  });
  expect(rates).toEqual([1, 2, 4, 8, 16, 16, -1, -2, 1]);
});
