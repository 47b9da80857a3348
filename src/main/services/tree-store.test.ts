import { describe, expect, it } from 'vitest';
import { defaultMemorySettings } from '../../shared/memory-settings.ts';
import type { TreeEvent } from '../../shared/memory-tree.ts';
import type { MemoryReport } from '../engine/protocol.ts';
import { TreeStore } from './tree-store.ts';

const spawned = (objectId: number, frame: number, branch: number): TreeEvent => ({
  type: 'spawned',
  objectId,
  frame,
  branch,
  parent: 0,
  score: 0,
});
const report = (change: Partial<MemoryReport>): MemoryReport => ({ uncertainty: [], events: [], amended: [], ...change });

describe('TreeStore', () => {
  it('replaces what it knew of a frame that is tracked again, and counts all that happened', () => {
    const store = new TreeStore();
    const switched: TreeEvent = { type: 'switched', objectId: 1, frame: 5, from: 0, to: 1, amendedFrom: 3 };
    store.put(5, [1], report({ events: [spawned(1, 5, 1), switched], uncertainty: [{ objectId: 1, frame: 5, uncertainty: 0.9 }] }));
    store.put(6, [1, 2], report({ events: [spawned(2, 6, 1)] }));
    expect(store.events(1, 0, 10)).toHaveLength(2);
    expect(store.view(defaultMemorySettings)).toMatchObject({ switches: [{ objectId: 1, frame: 5 }], review: [{ frame: 5 }] });
    store.put(5, [1], report({ uncertainty: [{ objectId: 1, frame: 5, uncertainty: 0.01 }] }));
    expect(store.events(1, 0, 10)).toEqual([]);
    expect(store.eventsOn(6)).toHaveLength(1);
    expect(store.view(defaultMemorySettings)).toMatchObject({ switches: [], review: [], counters: { spawned: 2, switched: 1 } });
  });

  it('takes a frame from the review queue that was prompted, and all of an object that is gone', () => {
    const store = new TreeStore();
    for (const objectId of [1, 2]) store.put(3, [objectId], report({ uncertainty: [{ objectId, frame: 3, uncertainty: 0.5 }] }));
    store.settle(1, 3);
    expect(store.review.map(({ objectId }) => objectId)).toEqual([2]);
    store.removeObject(2);
    expect(store.review).toEqual([]);
  });

  it('remembers the worst of very many doubtful frames, not all of them', () => {
    const store = new TreeStore();
    for (let frame = 0; frame < 5000; frame++)
      store.put(frame, [1], report({ uncertainty: [{ objectId: 1, frame, uncertainty: 0.1 + (frame % 1000) / 2000 }] }));
    expect(store.review[0]!.uncertainty).toBeGreaterThan(0.35);
    expect(store.review).toHaveLength(20);
  });
});
