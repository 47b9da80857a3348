/** A made-up memory tree of the first object of the made-up clip: it splits twice, and once the other branch takes the lead. */
import { defaultMemorySettings } from '../../../shared/memory-settings.ts';
import { type BranchScore, noSessionMemory, type SessionMemory, type TreeEvent } from '../../../shared/memory-tree.ts';

const objectId = 1;

const scoresOn = (frame: number): BranchScore[] => {
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

const events = (): TreeEvent[] => {
  const list: TreeEvent[] = [{ type: 'spawned', objectId, frame: 1, branch: 0, parent: null, score: 0 }];
  for (let frame = 2; frame < 240; frame++) {
    if (frame === 62) for (const branch of [1, 2]) list.push({ type: 'spawned', objectId, frame, branch, parent: 0, score: branch * -0.2 });
    if (frame === 90) list.push({ type: 'pruned', objectId, frame, branch: 2, reason: 'ratio' });
    if (frame === 100) list.push({ type: 'switched', objectId, frame, from: 0, to: 1, amendedFrom: 85 });
    if (frame === 118) list.push({ type: 'merged', objectId, frame, branch: 0, into: 1, agreement: 0.97 });
    if (frame === 171) list.push({ type: 'spawned', objectId, frame, branch: 3, parent: 1, score: -0.1 });
    if (frame === 190) list.push({ type: 'pruned', objectId, frame, branch: 3, reason: 'outscored' });
    const scores = scoresOn(frame);
    if (scores.length > 1) list.push({ type: 'scored', objectId, frame, scores });
  }
  return list;
};

export const fakeTreeEvents = (id: number): TreeEvent[] => (id === objectId ? events() : []);

export const fakeMemory = (hasTree: boolean): SessionMemory =>
  hasTree
    ? {
        settings: { ...defaultMemorySettings, mode: 'tree' },
        review: [
          { objectId: 1, frame: 99, uncertainty: 0.81 },
          { objectId: 1, frame: 66, uncertainty: 0.54 },
          { objectId: 2, frame: 150, uncertainty: 0.37 },
          { objectId: 1, frame: 174, uncertainty: 0.22 },
        ],
        counters: { spawned: 5, scored: 75, switched: 1, pruned: 2, merged: 1, amendedFrames: 15 },
        switches: [{ objectId: 1, frame: 100 }],
        revision: 1,
      }
    : noSessionMemory();
