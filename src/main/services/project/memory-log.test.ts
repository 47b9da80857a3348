/** What the memory trees told is there again when a project is opened, whatever happened to the program. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultMemorySettings } from '../../../shared/memory-settings.ts';
import type { TreeEvent } from '../../../shared/memory-tree.ts';
import type { EngineResult, MemoryReport } from '../../engine/api/protocol.ts';
import { type KnownObject, TreeStore } from '../results/tree-store.ts';
import { MemoryLog } from './memory-log.ts';
import { WriteFailures } from './write-failures.ts';

let folder: string;
const logs: MemoryLog[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sam2-memory-log-'));
});
afterEach(() => {
  for (const log of logs.splice(0)) log.close();
  rmSync(folder, { recursive: true, force: true });
});

const objects: KnownObject[] = [{ id: 1 }, { id: 2 }];
const open = (): TreeStore => {
  const log = new MemoryLog(folder, new WriteFailures(() => {}));
  logs.push(log);
  return new TreeStore(() => objects, log);
};
const tell = (frame: number, change: Partial<MemoryReport> = {}): [number, number[], MemoryReport] => [
  frame,
  [1],
  { uncertainty: [{ objectId: 1, frame, uncertainty: (50 + frame) / 100 }], events: [], amended: [], ...change },
];
const spawned = (frame: number, branch: number): TreeEvent => ({ type: 'spawned', objectId: 1, frame, branch, parent: 0, score: -0.25 });
const switched: TreeEvent = { type: 'switched', objectId: 1, frame: 8, from: 0, to: 1, amendedFrom: 7 };
const path = (): string => join(folder, 'memory.log');

describe('the log of what memories told', () => {
  it('gives events, counters, switches and doubts again, without being closed', () => {
    const store = open();
    for (let frame = 1; frame < 8; frame++) store.put(...tell(frame, { events: [spawned(frame, frame)] }));
    store.put(...tell(8, { events: [switched], amended: [{ frame: 7, result: {} as EngineResult }] }));
    // Tracked again, with another end.
    store.put(...tell(3, { uncertainty: [], events: [] }));
    const again = open();
    expect(again.events(1, 0, 10)).toEqual(store.events(1, 0, 10));
    expect(again.events(1, 0, 10)).toHaveLength(7);
    expect(again.view(defaultMemorySettings)).toEqual(store.view(defaultMemorySettings));
    expect(again.counters).toMatchObject({ spawned: 7, switched: 1, amendedFrames: 1 });
    expect(again.doubts(1)).toEqual(store.doubts(1));
    expect(again.doubts(1).length).toBeGreaterThan(0);
    // And goes on from there.
    again.put(...tell(9, { events: [spawned(9, 9)] }));
    expect(open().events(1, 0, 10)).toHaveLength(8);
  });

  it('keeps what stands out in masks', () => {
    const store = open();
    const findings = { overlaps: [[1, 2, 0.9] as const], jumps: [2], cut: 5 };
    store.put(5, [1, 2], { uncertainty: [], events: [], amended: [] }, findings);
    store.put(6, [1, 2], { uncertainty: [], events: [], amended: [] }, findings);
    // Object 1 is tracked again alone, and has a mask of its own now.
    store.put(6, [1], { uncertainty: [], events: [], amended: [] });
    const again = open();
    for (const id of [1, 2]) expect([...again.findings(id)]).toEqual([...store.findings(id)]);
    expect([...again.findings(1)]).toEqual([[5, { overlap: { other: 2, iou: 0.9 } }]]);
    expect(again.findings(2).get(6)).toEqual({ hasJumped: true });
    expect([3, 4, 6, 7].map((frame) => again.isNearCut(frame))).toEqual([false, true, true, false]);
  });

  it('loses no more than a torn last line or a damaged one', () => {
    const store = open();
    for (let frame = 1; frame < 5; frame++) store.put(...tell(frame, { events: [spawned(frame, frame)] }));
    appendFileSync(path(), '0123abcd {"frame":7,"obj');
    open().put(...tell(6, { events: [spawned(6, 6)] }));
    const frames = (): number[] =>
      open()
        .events(1, 0, 10)
        .map(({ frame }) => frame);
    expect(frames()).toEqual([1, 2, 3, 4, 6]);
    const lines = readFileSync(path(), 'utf8').split('\n');
    lines[1] = lines[1]!.replace('"frame":2', '"frame":9');
    writeFileSync(path(), lines.join('\n'));
    expect(frames()).toEqual([1, 3, 4, 6]);
  });

  it('leaves behind what later runs replaced, once that is most of a long file, and tells the same', () => {
    const store = open();
    const runs = 40;
    const scored = (frame: number, run: number): TreeEvent => {
      const scores = Array.from({ length: 3 }, (_, branch) => ({ branch, score: -run - branch, iou: 0.5, objectLogit: frame }));
      return { type: 'scored', objectId: 1, frame, scores };
    };
    const tellRun = (run: number, last: number): void => {
      for (let frame = 1; frame <= last; frame++) {
        // A branch that ended is told of on the frame after it.
        const ended: TreeEvent[] = frame > 1 ? [{ type: 'pruned', objectId: 1, frame: frame - 1, branch: run, reason: 'outscored' }] : [];
        const events = [scored(frame, run), ...ended, ...(frame === 8 ? [switched] : [])];
        store.put(...tell(frame, { events, amended: frame === 8 ? [{ frame: 7, result: {} as EngineResult }] : [] }));
      }
    };
    for (let run = 0; run < runs; run++) tellRun(run, 150);
    // The last one was ended early, and told of fewer doubts.
    tellRun(runs, 20);
    store.put(...tell(21, { uncertainty: [] }));
    const bytes = statSync(path()).size;
    expect(bytes).toBeGreaterThan(2 ** 20);
    for (const _ of ['compacts', 'reads what was compacted']) {
      const again = open();
      expect(again.events(1, 0, 200)).toEqual(store.events(1, 0, 200));
      expect({ ...again.view(defaultMemorySettings), revision: 0 }).toEqual({ ...store.view(defaultMemorySettings), revision: 0 });
    }
    expect(statSync(path()).size).toBeLessThan(bytes / 20);
    // What is told from then on replaces what was compacted.
    open().put(...tell(5));
    expect(open().events(1, 5, 5)).toEqual([]);
  });

  it('stays as it is where most of it counts', () => {
    const store = open();
    const scores = Array.from({ length: 40 }, (_, branch) => ({ branch, score: -branch, iou: 0.5, objectLogit: 1 }));
    for (let frame = 1; frame <= 500; frame++) store.put(...tell(frame, { events: [{ type: 'scored', objectId: 1, frame, scores }] }));
    const before = readFileSync(path());
    expect(before.length).toBeGreaterThan(2 ** 20);
    expect(open().counters).toEqual(store.counters);
    expect(readFileSync(path()).equals(before)).toBe(true);
  });

  it('does not grow by frames of which nothing is to be told', () => {
    const store = open();
    store.put(5, [], { uncertainty: [], events: [], amended: [] });
    expect(readFileSync(path())).toHaveLength(0);
  });
});
