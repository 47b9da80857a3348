import { describe, expect, it } from 'vitest';
import { fakeTreeEvents } from '../../transport/fake/fake-tree.ts';
import { scoresOn, treeLanes } from './tree-lanes.ts';

describe('treeLanes', () => {
  const lanes = treeLanes(fakeTreeEvents(1), 239);

  it('gives each branch its frames and how it ended', () => {
    expect(lanes.branches.map(({ branch, from, to, end, into }) => [branch, from, to, end, into])).toEqual([
      [0, 1, 118, 'merged', 1],
      [1, 62, 239, 'alive', null],
      [2, 62, 90, 'pruned', null],
      [3, 171, 190, 'pruned', null],
    ]);
  });

  it('puts branches of the same time on rows of their own, and uses rows again', () => {
    expect(lanes.branches.map(({ row }) => row)).toEqual([0, 1, 2, 0]);
    expect(lanes.rows).toBe(3);
  });

  it('tells who leads, amended frames included', () => {
    expect(lanes.switches).toEqual([{ frame: 100, from: 0, to: 1 }]);
    expect(lanes.leads).toEqual([
      { branch: 0, from: 1, to: 85 },
      { branch: 1, from: 85, to: 239 },
    ]);
  });

  it('knows the scores of a frame with rivals only', () => {
    expect(scoresOn(fakeTreeEvents(1), 70)).toMatchObject({ scores: [{}, {}, {}] });
    expect(scoresOn(fakeTreeEvents(1), 10)).toBeNull();
  });

  it('is empty without events', () => {
    expect(treeLanes([], 10)).toEqual({ branches: [], rows: 0, switches: [], leads: [] });
  });
});
