import { describe, expect, it } from 'vitest';
import { defaultMemorySettings } from '../../../shared/memory-settings.ts';
import type { TreeEvent } from '../../../shared/memory-tree.ts';
import type { MemoryReport } from '../../engine/api/protocol.ts';
import { type KnownObject, TreeStore } from './tree-store.ts';

const spawned = (objectId: number, frame: number, branch: number): TreeEvent => ({
  type: 'spawned',
  objectId,
  frame,
  branch,
  parent: 0,
  score: 0,
});
const report = (change: Partial<MemoryReport>): MemoryReport => ({ uncertainty: [], events: [], amended: [], ...change });

const objects = (...prompts: number[][]): KnownObject[] => prompts.map((_, i) => ({ id: i + 1 }));
const two = objects([], []);

describe('TreeStore', () => {
  it('replaces what it knew of a frame that is tracked again, and counts all that happened', () => {
    const store = new TreeStore(() => two);
    const switched: TreeEvent = { type: 'switched', objectId: 1, frame: 5, from: 0, to: 1, amendedFrom: 3 };
    store.put(5, [1], report({ events: [spawned(1, 5, 1), switched], uncertainty: [{ objectId: 1, frame: 5, uncertainty: 0.9 }] }));
    store.put(6, [1, 2], report({ events: [spawned(2, 6, 1)] }));
    expect(store.events(1, 0, 10)).toHaveLength(2);
    expect(store.view(defaultMemorySettings)).toMatchObject({ switches: [{ objectId: 1, frame: 5 }] });
    expect(store.doubts(1)).toMatchObject([{ frame: 5 }]);
    store.put(5, [1], report({ uncertainty: [{ objectId: 1, frame: 5, uncertainty: 0.01 }] }));
    expect(store.events(1, 0, 10)).toEqual([]);
    expect(store.eventsOn(6)).toHaveLength(1);
    expect(store.view(defaultMemorySettings)).toMatchObject({ switches: [], counters: { spawned: 2, switched: 1 } });
    expect(store.doubts(1)).toEqual([]);
  });

  it('knows nothing of an object as long as it is gone', () => {
    let list = objects([], []);
    const store = new TreeStore(() => list);
    const switched: TreeEvent = { type: 'switched', objectId: 2, frame: 3, from: 0, to: 1, amendedFrom: 3 };
    store.put(3, [2], report({ events: [switched] }));
    list = objects([]);
    expect([store.eventsOn(3), store.view(defaultMemorySettings).switches]).toEqual([[], []]);
    list = objects([], []);
    expect([store.eventsOn(3).length, store.view(defaultMemorySettings).switches.length]).toEqual([1, 1]);
  });

  it('remembers the worst of very many doubtful frames, not all of them', () => {
    const store = new TreeStore(() => two);
    for (let frame = 0; frame < 5000; frame++)
      store.put(frame, [1], report({ uncertainty: [{ objectId: 1, frame, uncertainty: 0.1 + (frame % 1000) / 2000 }] }));
    const kept = store.doubts(1).map(({ uncertainty }) => uncertainty);
    expect(kept.length).toBeLessThanOrEqual(2000);
    expect(Math.max(...kept)).toBeGreaterThan(0.59);
  });
});
