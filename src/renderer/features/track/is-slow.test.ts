import { expect, it } from 'vitest';
import { isSlow } from './is-slow.ts';

it('a run is slow when somebody would wait for it', () => {
  expect(isSlow({ framesPerSecond: 1.2, etaMs: 600_000 })).toBe(true);
  expect(isSlow({ framesPerSecond: 1.2, etaMs: 30_000 })).toBe(false);
  expect(isSlow({ framesPerSecond: 9, etaMs: 600_000 })).toBe(false);
  expect(isSlow({ framesPerSecond: null, etaMs: null })).toBe(false);
});
