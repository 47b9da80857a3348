/** The memory tree from what the model answers to what is shown, stored and exported: nothing between is made up. */
import { describe, expect, it } from 'vitest';
import { type MemorySettings, memorySettingsSchema } from '../../../shared/memory-settings.ts';
import type { TreeEvent } from '../../../shared/memory-tree.ts';
import { resultsSchema } from '../../../shared/results.ts';
import { toEngineResult, toMemoryReport } from '../../engine/pipeline/results.ts';
import { type ScriptedDecode, ScriptedGraphs, testConstants } from '../../engine/tracking/testing/scripted-graphs.ts';
import { VideoTracker } from '../../engine/tracking/video-tracker.ts';
import { resultsText } from '../exports/results-file.ts';
import { runningSession } from '../testing/running-session.ts';
import { smallClip, smallModel } from '../testing/small-clip.ts';

const source = { width: 64, height: 48 };
const frameCount = 12;
const media = smallClip({ ...source, frameCount });
const model = smallModel(8);

/** A run of the real tracker over scripted graphs, told to a session as the engine tells it. */
const play = async (change: Partial<MemorySettings>, script: (call: number, index: number) => ScriptedDecode) => {
  const memory = memorySettingsSchema.parse({ mode: 'tree', ...change });
  const { session, objectId, pushed, tracked, end } = await runningSession(media, model);

  const graphs = new ScriptedGraphs();
  graphs.script = script;
  const tracker = new VideoTracker(graphs, testConstants, { ...source, frameCount, memory });
  const image = (): Uint8Array => new Uint8Array(32 * 32 * 3);
  await tracker.setPoints(objectId, 0, { points: [[10, 10]], labels: [1], box: null }, image);
  await tracker.encodePending(0, image);
  tracker.startPropagation();
  /** What each frame showed when it came, and what was shown again later. */
  const first: number[] = [];
  const again: { at: number; frame: number; score: number }[] = [];
  const told: TreeEvent[] = [];
  for (let frame = 0; frame < frameCount; frame++) {
    const results = await tracker.trackFrame(frame, false, image);
    first.push(results[0]!.predictedIou);
    told.push(...results.flatMap(({ events }) => events));
    pushed.length = 0;
    tracked(frame, {
      results: results.map((result) => toEngineResult(result, source)),
      memory: toMemoryReport(frame, results, source),
    });
    for (const message of pushed) again.push({ at: frame, frame: message.frame, score: message.overlays[0]!.predictedIou });
  }
  await end();
  const written = [
    ...resultsText({
      ...{ name: 'clip.mp4', media, model, objects: session.objects, store: session.store, trees: session.trees, review: session.review },
      ...{ memory, range: { from: 0, to: frameCount - 1 }, partial: false, appVersion: '0' },
    }),
  ].join('');
  const results = resultsSchema.parse(JSON.parse(written));
  return { session, objectId, first, again, told, results };
};

/**
 * Rivals of which all frames become memories, so that they stay one batch; the second is better from the seventh frame
 * on, where it takes the lead and so becomes the first.
 */
const overtaking = (call: number, index: number): ScriptedDecode => {
  if (call < 3) return { ious: [0, 0.85, 0.9, 0.5], objectLogit: 1 };
  const isBetter = index === (call === 7 ? 1 : 0);
  const [better, worse] = call < 7 ? [0.82, 0.8] : [0.95, 0.35];
  return { ious: [0, isBetter ? better : worse, 0.01, 0.01], objectLogit: 5 };
};

describe('when another branch takes the lead', () => {
  it('the frames since the two parted are its own in view, store and results.json, and the switch is told', async () => {
    const { session, objectId, first, again, told, results } = await play(
      { amendLag: 4, pruneRatio: 0, consistencyThreshold: 1 },
      overtaking,
    );
    const switched = told.find((event) => event.type === 'switched')!;
    expect(switched).toMatchObject({ objectId, amendedFrom: switched.frame - 4 });
    const lately = again.filter(({ at }) => at === switched.frame);
    expect(lately.map(({ frame }) => frame)).toEqual([1, 2, 3, 4].map((back) => switched.frame - back));
    const stored = Array.from({ length: frameCount }, (_, frame) => session.store.get(objectId, frame)!.predictedIou);
    for (const { frame, score } of lately) {
      expect(score).not.toBeCloseTo(first[frame]!, 3);
      expect(stored[frame]).toBeCloseTo(score, 6);
    }
    // Frames before the lag are as they were shown.
    for (let frame = 0; frame < switched.amendedFrom; frame++) expect(stored[frame]).toBeCloseTo(first[frame]!, 6);
    expect(results.frames.map((frame) => frame.objects[0]!.score)).toEqual(stored);
    expect(session.view(1, null).memory.switches).toEqual([{ objectId, frame: switched.frame }]);
  });
});

describe('all that happens in the tree', () => {
  it.each([
    ['spawned', {}],
    ['scored', {}],
    ['switched', { pruneRatio: 0, consistencyThreshold: 1 }],
    ['pruned', { pruneRatio: 0.99 }],
    ['merged', { pruneRatio: 0, consistencyThreshold: 0.5 }],
  ] as const)('%s is an event of tree.get and results.json, and is counted', async (type, change) => {
    const { session, objectId, told, results } = await play(change, overtaking);
    const ofType = told.filter((event) => event.type === type);
    expect(ofType.length).toBeGreaterThan(0);
    expect(session.trees.events(objectId, 0, frameCount)).toEqual(told);
    expect(results.frames.flatMap(({ events }) => events ?? [])).toEqual(told);
    expect(results.memory.counters[type]).toBe(ofType.length);
    expect(session.view(1, null).memory.counters).toEqual(results.memory.counters);
  });
});
