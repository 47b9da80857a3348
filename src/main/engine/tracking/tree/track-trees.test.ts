import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemorySettings, memorySettingsSchema } from '../../../../shared/memory-settings.ts';
import type { TreeEvent } from '../../../../shared/memory-tree.ts';
import { ScriptedGraphs, testConstants } from '../testing/scripted-graphs.ts';
import type { ObjectFrameResult } from '../tracker-core.ts';
import { type TrackerOptions, VideoTracker } from '../video-tracker.ts';

const image = (): Uint8Array => new Uint8Array(32 * 32 * 3);
const treeSettings = (change: Partial<MemorySettings> = {}): MemorySettings =>
  memorySettingsSchema.parse({ mode: 'tree', variant: 'exact', ...change });

const setUp = (memory: MemorySettings, options: Partial<TrackerOptions> = {}) => {
  const graphs = new ScriptedGraphs();
  const tracker = new VideoTracker(graphs, testConstants, { width: 64, height: 48, frameCount: null, memory, ...options });
  return { graphs, tracker };
};

const prompted = async (tracker: VideoTracker, objectId: number, frame: number): Promise<void> => {
  await tracker.setPoints(objectId, frame, { points: [[10, 10]], labels: [1], box: null }, image);
  await tracker.encodePending(frame, image);
};

const run = async (tracker: VideoTracker, from: number, to: number): Promise<ObjectFrameResult[][]> => {
  const all: ObjectFrameResult[][] = [];
  const stepBy = to < from ? -1 : 1;
  for (let t = from; t !== to + stepBy; t += stepBy) all.push(await tracker.trackFrame(t, stepBy < 0, image));
  return all;
};

const unsure = { ious: [0.5, 0.6, 0.9, 0.7], objectLogit: 1 };
const eventsOf = (frames: ObjectFrameResult[][]): TreeEvent[] => frames.flat().flatMap(({ events }) => events);

describe('a frame', () => {
  it('runs all paths of all objects of one shape as one batch', async () => {
    const { graphs, tracker } = setUp(treeSettings());
    for (const id of [1, 2]) await prompted(tracker, id, 0);
    tracker.startPropagation();
    graphs.script = () => unsure;
    const before = graphs.of('attend').length;
    await run(tracker, 0, 4);
    // One path each on frames 1 and 2, three each after the split on frame 2.
    expect(
      graphs
        .of('attend')
        .slice(before)
        .map(({ attend }) => attend!.batch),
    ).toEqual([2, 2, 6, 6]);
    expect(
      graphs
        .of('encodeMemory')
        .slice(-2)
        .map(({ memory }) => memory!.batch),
    ).toEqual([6, 6]);
  });

  it('computes identical paths once as long as they are', async () => {
    const { graphs, tracker } = setUp(treeSettings());
    await prompted(tracker, 1, 0);
    tracker.startPropagation();
    await run(tracker, 0, 20);
    expect(Math.max(...graphs.of('attend').map(({ attend }) => attend!.batch))).toBe(1);
  });

  it('takes three candidates of each path, each with the pointer of its own token (rule L2)', async () => {
    const { graphs, tracker } = setUp(treeSettings());
    await prompted(tracker, 1, 0);
    tracker.startPropagation();
    graphs.script = () => unsure;
    await run(tracker, 0, 3);
    const { attend } = graphs.of('attend').at(-1)!;
    // The prompt's pointer and that of frame 2, the third decoding: the scripted model marks token k by 20 + k.
    expect([attend!.batch, attend!.pointerCount]).toEqual([3, 2]);
    const marks = [0, 1, 2].map((path) => attend!.pointers[(path * 2 + 1) * testConstants.hiddenDim]);
    expect(marks).toEqual([22, 23, 21]);
  });

  it('never binarises the memory of a tracked frame (rule L6)', async () => {
    const { graphs, tracker } = setUp(treeSettings());
    await prompted(tracker, 1, 0);
    tracker.startPropagation();
    graphs.script = () => unsure;
    await run(tracker, 0, 3);
    expect(
      graphs
        .of('encodeMemory')
        .slice(1)
        .every(({ memory }) => memory!.binarize.every((value) => value === 0)),
    ).toBe(true);
  });

  it('hands the key weights to the graph (rule L9)', async () => {
    const { graphs, tracker } = setUp(treeSettings());
    await prompted(tracker, 1, 0);
    tracker.startPropagation();
    await run(tracker, 0, 2);
    const rounded = (weights: Float32Array): number[] => [...weights].map((w) => Number(w.toFixed(2)));
    expect(graphs.of('attend').map(({ attend }) => rounded(attend!.memoryWeight))).toEqual([[1], [1.05, 0.95]]);
    await run(tracker, 3, 5);
    // The prompt's, and those of frames 4 to 2: by rank, where equal ones keep their order.
    expect(rounded(graphs.of('attend').at(-1)!.attend!.pointerWeight)).toEqual([1.05, 0.95, 0.98, 1.02]);
  });
});

describe('one path', () => {
  it('is SAM 2 to the bit when the tree may not branch and has no memory policy, from one prompt on', async () => {
    const calls = async (memory: MemorySettings): Promise<unknown> => {
      const { graphs, tracker } = setUp(memory);
      for (const id of [1, 2]) await prompted(tracker, id, 3);
      tracker.startPropagation();
      graphs.script = (call, index) => ({ ious: [0.5, 0.6 + (call % 7) / 20, 0.9 - index / 10, 0.7], objectLogit: (call % 5) - 1 });
      const forward = await run(tracker, 3, 40);
      const shown = forward.map((frame) =>
        frame.map((said) => [[...said.logits.slice(0, 8)], said.predictedIou, said.objectLogit, said.uncertainty]),
      );
      return { shown, attend: graphs.of('attend').map(({ attend }) => attend) };
    };
    const single = await calls(memorySettingsSchema.parse({}));
    expect(await calls(treeSettings({ maxBranches: 1, gate: 'none' }))).toEqual(single);
  });

  it('has no tree events with a policy alone', async () => {
    const { graphs, tracker } = setUp(memorySettingsSchema.parse({ gate: 'sam2long' }));
    await prompted(tracker, 1, 0);
    tracker.startPropagation();
    graphs.script = () => unsure;
    // A second run, a correction and other settings end trees that nobody was told of.
    expect(eventsOf(await run(tracker, 0, 8))).toEqual([]);
    expect(eventsOf(await run(tracker, 0, 8))).toEqual([]);
    await prompted(tracker, 1, 5);
    tracker.startPropagation();
    expect(eventsOf(await run(tracker, 0, 8))).toEqual([]);
    tracker.setMemory(treeSettings());
    expect(eventsOf(await run(tracker, 9, 9)).map(({ type }) => type)).toEqual(['spawned']);
    expect(Math.max(...graphs.of('attend').map(({ attend }) => attend!.batch))).toBe(1);
  });
});

describe('corrections', () => {
  it('end the tree and plant a new one at the corrected frame', async () => {
    const { graphs, tracker } = setUp(treeSettings());
    await prompted(tracker, 1, 0);
    tracker.startPropagation();
    graphs.script = () => unsure;
    await run(tracker, 0, 8);
    await prompted(tracker, 1, 5);
    tracker.startPropagation();
    const events = eventsOf(await run(tracker, 0, 7));
    // The three of the run before end on its last frame, that of the new run on the corrected frame.
    const ends = events.flatMap((event) => (event.type === 'pruned' && event.reason !== 'outscored' ? [[event.reason, event.frame]] : []));
    expect(ends.slice(0, 3)).toEqual([
      ['correction', 8],
      ['correction', 8],
      ['correction', 8],
    ]);
    expect(ends.slice(3)).toEqual([
      ['replanted', 4],
      ['replanted', 4],
      ['replanted', 4],
    ]);
    const rooted = events.filter((event) => event.type === 'spawned' && event.parent === null);
    expect(rooted.map(({ frame }) => frame)).toEqual([1, 6]);
    // Frame 6 attends to both prompts and nothing else: what the branches believed before is gone.
    const { attend } = graphs.of('attend').at(-2)!;
    expect([attend!.batch, attend!.memories, [...attend!.temporalRow].map(Number)]).toEqual([1, 2, [6, 6]]);
    const ids = events.flatMap((event) => (event.type === 'spawned' ? [event.branch] : []));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('use the memories of the best path on the frame that is corrected', async () => {
    const { graphs, tracker } = setUp(treeSettings());
    await prompted(tracker, 1, 0);
    tracker.startPropagation();
    graphs.script = () => unsure;
    await run(tracker, 0, 8);
    await tracker.setPoints(1, 5, { points: [[2, 2]], labels: [1], box: null }, image);
    expect(graphs.of('attend').at(-1)!.attend!.memories).toBe(5);
    expect(graphs.of('decode').at(-1)!.decode!.hasMask[0]).toBe(1);
  });

  it('use them also right after another branch took the lead', async () => {
    const { graphs, tracker } = setUp(treeSettings());
    await prompted(tracker, 1, 0);
    tracker.startPropagation();
    graphs.script = (call, index) => {
      if (call < 3) return { ious: [0, 0.85, 0.9, 0.1], objectLogit: 1 };
      return { ious: index === 1 && call > 6 ? [0, 0.9, 0.01, 0.01] : [0, 0.4, 0.01, 0.01], objectLogit: 5 };
    };
    let at = -1;
    let amended = 0;
    while (amended === 0 && at < 20) amended = (await tracker.trackFrame(++at, false, image))[0]!.amended.length;
    expect(amended).toBeGreaterThan(3);
    await tracker.setPoints(1, at, { points: [[2, 2]], labels: [1], box: null }, image);
    // The prompt and the frames before, at most six.
    expect(graphs.of('attend').at(-1)!.attend!.memories).toBe(1 + Math.min(6, at - 1));
  });

  it('plant anew although the run goes on behind the corrected frame', async () => {
    const { graphs, tracker } = setUp(treeSettings());
    await prompted(tracker, 1, 0);
    tracker.startPropagation();
    graphs.script = () => unsure;
    await run(tracker, 0, 12);
    await prompted(tracker, 1, 8);
    tracker.startPropagation();
    const events = eventsOf(await run(tracker, 13, 14));
    expect(events.filter(({ type }) => type === 'pruned').slice(0, 3)).toMatchObject([{ reason: 'correction', frame: 12 }, {}, {}]);
    expect(events.find(({ type }) => type === 'spawned')).toMatchObject({ parent: null, frame: 13 });
    // Taking the prompt away again is a correction as well.
    tracker.clearPrompts(1, 8);
    expect(eventsOf(await run(tracker, 15, 15)).find(({ type }) => type === 'spawned')).toMatchObject({ parent: null, frame: 15 });
  });

  it('plant anew where tracking sets in after a gap, with what the prompts say', async () => {
    const { graphs, tracker } = setUp(treeSettings());
    await prompted(tracker, 1, 0);
    tracker.startPropagation();
    await run(tracker, 0, 5);
    const events = eventsOf(await run(tracker, 40, 41));
    expect(events).toMatchObject([
      { type: 'pruned', reason: 'replanted', frame: 5 },
      { type: 'spawned', parent: null, frame: 40 },
    ]);
    expect(graphs.of('attend').at(-2)!.attend!.memories).toBe(1);
    // Going on where a run ended keeps the tree.
    expect(eventsOf(await run(tracker, 42, 43))).toEqual([]);
  });
});

describe('backward', () => {
  it('grows a tree of its own, with ranks and distances mirrored', async () => {
    const play = async (reverse: boolean) => {
      const { graphs, tracker } = setUp(treeSettings(), { frameCount: 101 });
      await prompted(tracker, 1, 50);
      tracker.startPropagation();
      graphs.script = () => unsure;
      const frames = await run(tracker, 50, reverse ? 35 : 65);
      return {
        attend: graphs.of('attend').map(({ attend }) => attend),
        events: eventsOf(frames).map((event) => ({ ...event, frame: reverse ? 100 - event.frame : event.frame })),
      };
    };
    expect(await play(true)).toEqual(await play(false));
  });

  it('starts from the prompt when the direction turns', async () => {
    const { graphs, tracker } = setUp(treeSettings());
    await prompted(tracker, 1, 10);
    tracker.startPropagation();
    graphs.script = () => unsure;
    await run(tracker, 10, 14);
    const events = eventsOf(await run(tracker, 10, 8));
    expect(events.filter((event) => event.type === 'spawned' && event.parent === null).map(({ frame }) => frame)).toEqual([9]);
    expect(tracker.branches(1).length).toBe(3);
  });

  it('starts from the prompt also where it turns round on the spot', async () => {
    const { graphs, tracker } = setUp(treeSettings());
    await prompted(tracker, 1, 10);
    tracker.startPropagation();
    graphs.script = () => unsure;
    await run(tracker, 10, 16);
    // The frame behind the newest: a tree in the other direction would go on here.
    expect(eventsOf(await run(tracker, 15, 14)).find(({ type }) => type === 'spawned')).toMatchObject({ parent: null, frame: 15 });
    expect(graphs.of('attend').at(-2)!.attend!.memories).toBe(1);
  });
});

describe('whatever happens', () => {
  it('each branch that is told of begins once, ends once at most, and never before it began', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('on', 'again', 'back', 'correct', 'clear', 'settings'), fc.integer({ min: 1, max: 9 })), {
          minLength: 1,
          maxLength: 8,
        }),
        async (deeds) => {
          const { graphs, tracker } = setUp(treeSettings({ variant: 'live', pruneRatio: 0.2 }));
          graphs.script = (call, index) => ({
            ious: [0.5, 0.6 + ((call * 3) % 7) / 20, 0.9 - ((index + call) % 5) / 10, 0.7],
            objectLogit: (call % 5) - 1,
          });
          await prompted(tracker, 1, 20);
          tracker.startPropagation();
          let at = 20;
          let history = 30;
          const events: TreeEvent[] = [];
          for (const [deed, length] of deeds) {
            if (deed === 'correct') await prompted(tracker, 1, at - Math.min(length, 3));
            const before = at - Math.min(length, 3);
            if (deed === 'clear' && before !== 20) tracker.clearPrompts(1, before);
            if (deed === 'settings') tracker.setMemory(treeSettings({ variant: 'live', history: ++history }));
            tracker.startPropagation();
            const from = deed === 'again' || deed === 'back' ? 20 : at + 1;
            const to = deed === 'back' ? 20 - length : from + length;
            events.push(...eventsOf(await run(tracker, from, to)));
            at = Math.max(to, 4);
          }
          const begun = new Map<number, TreeEvent>();
          const ended = new Set<number>();
          for (const event of events) {
            if (event.type === 'spawned') {
              expect(begun.has(event.branch)).toBe(false);
              expect(event.parent === null || begun.has(event.parent)).toBe(true);
              begun.set(event.branch, event);
            } else if (event.type === 'scored') for (const { branch } of event.scores) expect(begun.has(branch)).toBe(true);
            else if (event.type === 'switched') expect(begun.has(event.to) && begun.has(event.from)).toBe(true);
            else {
              expect(begun.has(event.branch)).toBe(true);
              expect(ended.has(event.branch)).toBe(false);
              ended.add(event.branch);
            }
          }
          const alive = [...begun.keys()].filter((branch) => !ended.has(branch));
          expect(alive.sort()).toEqual(
            tracker
              .branches(1)
              .map(({ branch }) => branch)
              .sort(),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('objects and their order change nothing for one another', async () => {
    const play = async (ids: number[]) => {
      const { graphs, tracker } = setUp(treeSettings(), { batchesPaths: false });
      graphs.script = () => ({ ious: [0.5, 0.6, 0.9, 0.7], objectLogit: 1 });
      for (const id of ids) await prompted(tracker, id, 0);
      tracker.startPropagation();
      const results = new Map<number, unknown[]>();
      for (let t = 0; t <= 12; t++)
        for (const { objectId, predictedIou, objectLogit, events, uncertainty } of await tracker.trackFrame(t, false, image))
          results.set(objectId, [...(results.get(objectId) ?? []), { predictedIou, objectLogit, events, uncertainty }]);
      return results;
    };
    const both = await play([1, 2]);
    const turned = await play([2, 1]);
    const alone = await play([2]);
    expect(turned.get(1)).toEqual(both.get(1));
    expect(turned.get(2)).toEqual(both.get(2));
    expect(alone.get(2)).toEqual(both.get(2));
  });
});

describe('amending', () => {
  it('gives the frames since the split again when another branch leads', async () => {
    const { graphs, tracker } = setUp(treeSettings({ amendLag: 4 }));
    await prompted(tracker, 1, 0);
    tracker.startPropagation();
    const start = 1;
    graphs.script = (call, index) => {
      if (call < start + 2) return { ious: [0, 0.85, 0.9, 0.1], objectLogit: 1 };
      // The second path does better from here on.
      return { masks: [9, 9, 9, 9], ious: index === 1 ? [0, 0.9, 0.01, 0.01] : [0, 0.4, 0.01, 0.01], objectLogit: 5 };
    };
    const frames = await run(tracker, 0, 4);
    const switched = frames.flat().find(({ amended }) => amended.length > 0)!;
    expect(switched.events.find(({ type }) => type === 'switched')).toMatchObject({ frame: 3, amendedFrom: 2 });
    expect(switched.amended).toMatchObject([{ frame: 2, predictedIou: expect.closeTo(0.85) }]);
  });
});

describe('memory', () => {
  it('is held of rivals that live long only as far as they can attend to it', async () => {
    const { graphs, tracker } = setUp(treeSettings({ history: 60, variant: 'live', pruneRatio: 0, consistencyThreshold: 1 }));
    await prompted(tracker, 1, 0);
    tracker.startPropagation();
    graphs.script = (call) => (call < 3 ? { ious: [0, 0.85, 0.9, 0.8], objectLogit: 1 } : { ious: [0, 0.9, 0.01, 0.01], objectLogit: 5 });
    await run(tracker, 0, 80);
    expect(tracker.branches(1).map(({ branch }) => branch)).toEqual([0, 1, 2]);
    // The bank's thirty, and of each of the two others six that it attends to and the frame before.
    expect(tracker.held(1).memories).toBeLessThanOrEqual(30 + 2 * 7);
  });

  it('is flat over 20,000 frames, and so is the work (rule L11)', async () => {
    const { graphs, tracker } = setUp(treeSettings({ history: 30 }));
    await prompted(tracker, 1, 0);
    tracker.startPropagation();
    graphs.isRecording = false;
    let decodes = 0;
    graphs.script = (call, index) => {
      decodes++;
      return { ious: [0, 0.5 + ((call * 7 + index * 3) % 50) / 100, 0.9 - (call % 9) / 20, 0.3], objectLogit: (call % 11) - 4 };
    };
    await run(tracker, 0, 2000);
    const early = tracker.held(1);
    const before = decodes;
    await run(tracker, 2001, 20000);
    const late = tracker.held(1);
    expect(late.frames).toBeLessThanOrEqual(early.frames + 3);
    // What the bank keeps for corrections, and beside it seven frames of each of the two other paths.
    expect(Math.max(early.memories, late.memories)).toBeLessThanOrEqual(30 + 2 * 7);
    expect(late.frames).toBeLessThan(200);
    expect((decodes - before) / 18000).toBeLessThanOrEqual(3);
    expect(tracker.branches(1).every(({ pathScore, historySize }) => Number.isFinite(pathScore) && historySize <= 16)).toBe(true);
  }, 60_000);
});
