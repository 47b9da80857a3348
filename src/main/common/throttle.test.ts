import fc from 'fast-check';
import { expect, it } from 'vitest';
import { throttle, throttledProgress } from './throttle.ts';

it('lets through the first, then at most one in a while, and all that are forced', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(30), fc.boolean())), (steps) => {
      let now = 0;
      const isDue = throttle(50, () => now);
      let last: number | null = null;
      for (const [wait, isForced] of steps) {
        now += wait;
        const expected: boolean = isForced || last === null || now - last >= 50;
        expect(isDue(isForced)).toBe(expected);
        if (expected) last = now;
      }
    }),
  );
});

it('tells the first progress and the end; a total that is not known has no end', () => {
  const told: number[] = [];
  const report = throttledProgress((done) => told.push(done));
  for (const done of [1, 2, 3]) report(done, 4);
  report(4, 4);
  report(5, 0);
  expect(told).toEqual([1, 4]);
});
