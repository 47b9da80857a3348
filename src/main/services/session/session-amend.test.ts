/** A switch of the best branch reaches the store, the window and results.json. */
import { describe, expect, it } from 'vitest';
import { defaultMemorySettings } from '../../../shared/memory-settings.ts';
import { resultsSchema } from '../../../shared/results.ts';
import type { EngineResult, MemoryReport } from '../../engine/api/protocol.ts';
import { resultsText } from '../exports/results-file.ts';
import { runningSession } from '../testing/running-session.ts';
import { smallClip, smallModel } from '../testing/small-clip.ts';

const media = smallClip({ width: 4, height: 1, frameCount: 10 });
const model = smallModel(2);

const result = (objectId: number, predictedIou: number): EngineResult => ({
  objectId,
  counts: '04',
  box: [0, 0, 1, 1],
  area: 1,
  predictedIou,
  objectLogit: 3,
  prompted: false,
  overlay: { objectId, width: 2, height: 2, scale: 1, predictedIou, objectLogit: 3, logits: new Int8Array(4) },
});
const noReport: MemoryReport = { uncertainty: [], events: [], amended: [] };

const setUp = async () => {
  const { tracked, ...running } = await runningSession(media, model);
  return {
    ...running,
    tracked: (frame: number, score: number, memory = noReport): void =>
      tracked(frame, { results: [result(running.objectId, score)], memory }),
  };
};

describe('a switch of the best branch', () => {
  it('rewrites the stored frames, shows them, and is told in results.json', async () => {
    const { session, objectId, pushed, tracked, end } = await setUp();
    for (let frame = 0; frame < 5; frame++) tracked(frame, 0.5);
    pushed.length = 0;
    const events: MemoryReport['events'] = [{ type: 'switched', objectId, frame: 5, from: 0, to: 1, amendedFrom: 3 }];
    const amended = [4, 3].map((frame) => ({ frame, result: result(objectId, 0.9) }));
    tracked(5, 0.9, { uncertainty: [{ objectId, frame: 5, uncertainty: 0.7 }], events, amended });
    await end();

    const scores = Array.from({ length: 6 }, (_, frame) => session.store.get(objectId, frame)!.predictedIou);
    expect(scores).toEqual([0.5, 0.5, 0.5, 0.9, 0.9, 0.9]);
    expect(pushed.map(({ frame, width, overlays }) => [frame, width, overlays[0]!.predictedIou])).toEqual([
      [4, 0, 0.9],
      [3, 0, 0.9],
    ]);
    expect(session.view(1, null).memory).toMatchObject({
      switches: [{ objectId, frame: 5 }],
      counters: { switched: 1, amendedFrames: 2 },
    });
    expect(session.view(1, null).review).toMatchObject([{ kind: 'doubt', frame: 5 }]);

    const written = [
      ...resultsText({
        name: 'clip.mp4',
        media,
        model,
        objects: session.objects,
        store: session.store,
        trees: session.trees,
        review: session.review,
        memory: defaultMemorySettings,
        range: { from: 0, to: 5 },
        partial: false,
        appVersion: '0',
      }),
    ].join('');
    const results = resultsSchema.parse(JSON.parse(written));
    expect(results.frames[3]!.objects[0]!.score).toBe(0.9);
    expect(results.frames.map((frame) => frame.events?.length ?? 0)).toEqual([0, 0, 0, 0, 0, 1]);
  });

  it('leaves objects alone that were deleted meanwhile', async () => {
    const { session, objectId, tracked, end } = await setUp();
    tracked(0, 0.5);
    await session.edits.removeObject(objectId);
    tracked(1, 0.5, { ...noReport, amended: [{ frame: 0, result: result(objectId, 0.9) }] });
    await end();
    expect(session.store.get(objectId, 0)).toBeUndefined();
  });
});
