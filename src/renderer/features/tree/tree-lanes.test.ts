import { describe, expect, it } from 'vitest';
import type { BranchScore, TreeEvent } from '../../../shared/memory-tree.ts';
import { scoresOn, treeLanes } from './tree-lanes.ts';

const objectId = 1;

const rivalsOn = (frame: number): BranchScore[] => {
  const score = (branch: number, value: number): BranchScore => ({ branch, score: value, iou: 0.9 + value / 4, objectLogit: 4 });
  if (frame >= 62 && frame < 118) {
    const gap = 0.45 * Math.sin(((frame - 62) / 56) * Math.PI * 1.5);
    const list = [score(0, Math.min(0, gap)), score(1, Math.min(0, -gap))];
    if (frame < 90) list.push(score(2, -0.35 - (frame - 62) / 90));
    return list.sort((a, b) => b.score - a.score);
  }
  if (frame >= 171 && frame < 190) return [score(1, 0), score(3, -(frame - 171) / 30)];
  return [];
};

/** A tree that splits twice, and once the other branch takes the lead. */
const madeUpEvents = (): TreeEvent[] => {
  const list: TreeEvent[] = [{ type: 'spawned', objectId, frame: 1, branch: 0, parent: null, score: 0 }];
  for (let frame = 2; frame < 240; frame++) {
    if (frame === 62) for (const branch of [1, 2]) list.push({ type: 'spawned', objectId, frame, branch, parent: 0, score: branch * -0.2 });
    if (frame === 90) list.push({ type: 'pruned', objectId, frame, branch: 2, reason: 'ratio' });
    if (frame === 100) list.push({ type: 'switched', objectId, frame, from: 0, to: 1, amendedFrom: 85 });
    if (frame === 118) list.push({ type: 'merged', objectId, frame, branch: 0, into: 1, agreement: 0.97 });
    if (frame === 171) list.push({ type: 'spawned', objectId, frame, branch: 3, parent: 1, score: -0.1 });
    if (frame === 190) list.push({ type: 'pruned', objectId, frame, branch: 3, reason: 'outscored' });
    const scores = rivalsOn(frame);
    if (scores.length > 1) list.push({ type: 'scored', objectId, frame, scores });
  }
  return list;
};

describe('treeLanes', () => {
  const lanes = treeLanes(madeUpEvents(), 239);

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
    expect(scoresOn(madeUpEvents(), 70)).toMatchObject({ scores: [{}, {}, {}] });
    expect(scoresOn(madeUpEvents(), 10)).toBeNull();
  });

  it('is empty without events', () => {
    expect(treeLanes([], 10)).toEqual({ branches: [], rows: 0, switches: [], leads: [] });
  });
});
