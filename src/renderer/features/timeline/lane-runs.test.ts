import { expect, it } from 'vitest';
import { runsOf } from './lane-runs.ts';

it('cuts ranges at the frames that deserve a look', () => {
  const runs = runsOf(
    [
      [0, 9],
      [20, 20],
    ],
    [
      { frame: 20, uncertainty: 0.5 },
      { frame: 4, uncertainty: 0.75 },
      { frame: 15, uncertainty: 1 },
    ],
  );
  expect(runs).toEqual([
    { first: 0, last: 3, kind: 'present', confidence: 1 },
    { first: 4, last: 4, kind: 'unsure', confidence: 0.25 },
    { first: 5, last: 9, kind: 'present', confidence: 1 },
    { first: 20, last: 20, kind: 'unsure', confidence: 0.5 },
  ]);
});
