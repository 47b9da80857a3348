/** Trackers by name: the one that comes with the app over the worker's methods, and another one beside it. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { defaultMemorySettings } from '../../../shared/memory-settings.ts';
import { compressCounts, encodeRle } from '../../../shared/rle.ts';
import { retryOutOfMemory } from './retry.ts';
import type { TrackerContext } from './sam2-realtime-tracker.ts';
import type { StreamTracker, TrackerFrame } from './stream-tracker.ts';
import { defaultTrackers } from './tracker-registry.ts';

const timings = { imageEncoder: 0, memoryAttention: 0, maskDecoder: 0, memoryEncoder: 0, inside: 0 };

/** A worker that writes down what it is asked, and answers with objects that are there or not. */
const setUp = (present: Record<number, boolean>) => {
  const calls: string[] = [];
  const answers: Record<string, unknown> = {
    startPropagation: [{ id: 1, conditioning: [0] }],
    trackFrame: {
      results: Object.entries(present).map(([id, isPresent]) => ({
        objectId: Number(id),
        predictedIou: 0.9,
        objectLogit: isPresent ? 3 : -3,
      })),
      timings,
      workerMs: 12,
    },
  };
  const peer = {
    call: async (method: string) => {
      calls.push(method);
      return answers[method] ?? {};
    },
  };
  const context = { sessionId: 's', memory: defaultMemorySettings, worker: () => peer } as unknown as TrackerContext;
  return { calls, context };
};

const frame: TrackerFrame = { frame: 7, model: new Uint8Array(12) };

/** Says that everything is where it was: the least that another tracker has to do. */
class StillTracker implements StreamTracker {
  readonly name = 'still';
  readonly supportsBatching = false;
  #ids: number[] = [];

  get status() {
    return { name: this.name, isInitialised: this.#ids.length > 0, framesDone: 0, processingMs: null };
  }
  async initialise(_: unknown, first?: { prompts: readonly { objectId: number }[] }): Promise<void> {
    this.#ids = first?.prompts.map(({ objectId }) => objectId) ?? [];
  }
  takePrompts = async () => this.#ids.map((id) => ({ id, conditioning: [0] }));
  processFrame = async ({ frame: frameNumber }: TrackerFrame, ids: number[]) => {
    const tracks = ids.map((id) => ({ id, score: 1, isPresent: true }));
    return { frameNumber, masks: [], tracks, objectCount: ids.length, processingMs: 0, timings };
  };
  cleanUp = async () => {
    this.#ids = [];
  };
}

describe('trackers of streams', () => {
  it('sam2_realtime begins, takes prompts, tracks, and says what it found', async () => {
    const { calls, context } = setUp({ 1: true, 2: false });
    const tracker = defaultTrackers().create('sam2_realtime', context);
    expect([tracker.name, tracker.supportsBatching, tracker.status.isInitialised]).toEqual(['sam2_realtime', true, false]);
    const mask = { size: [2, 2] as [number, number], counts: compressCounts(encodeRle(new Uint8Array([1, 0, 0, 1]), 2, 2).counts) };
    await tracker.initialise({ width: 2, height: 2 }, { frame, prompts: [{ objectId: 1, mask }] });
    expect(calls).toEqual(['openSession', 'setMask', 'encodePending']);
    expect(await tracker.takePrompts()).toEqual([{ id: 1, conditioning: [0] }]);
    expect(await tracker.processFrame(frame, [1, 2])).toMatchObject({
      frameNumber: 7,
      objectCount: 1,
      processingMs: 12,
      tracks: [
        { id: 1, isPresent: true },
        { id: 2, isPresent: false },
      ],
    });
    // The ring's picture is still whole: a copy was sent away.
    expect(frame.model.byteLength).toBe(12);
    expect(tracker.status).toEqual({ name: 'sam2_realtime', isInitialised: true, framesDone: 1, processingMs: 12 });
    await tracker.cleanUp();
    expect(tracker.status.isInitialised).toBe(false);
  });

  it('another one is registered under its name, and an unknown one is refused with those there are', async () => {
    const { context } = setUp({});
    const registry = defaultTrackers();
    registry.register('still', () => new StillTracker());
    const tracker = registry.create('still', context);
    await tracker.initialise({ width: 2, height: 2 });
    expect(await tracker.processFrame(frame, [4, 5])).toMatchObject({ frameNumber: 7, objectCount: 2 });
    expect(() => registry.create('yolo_track', context)).toThrow(/no tracker "yolo_track". Known: sam2_realtime, still/);
    expect(() => registry.register('still', () => new StillTracker())).toThrow(/already/);
  });
});

describe('a run that wants for memory', () => {
  const full = (): never => {
    throw new AppError('out-of-memory', 'The memory is full.');
  };

  it('is tried again, and counted', async () => {
    let runs = 0;
    let retries = 0;
    const work = async (): Promise<number> => (++runs === 1 ? full() : runs);
    expect(await retryOutOfMemory(work, () => retries++, { tries: 1, delayMs: 0 })).toBe(2);
    expect(retries).toBe(1);
  });

  it('fails after its tries, and at once for anything else', async () => {
    await expect(
      retryOutOfMemory(
        async () => full(),
        () => {},
        { tries: 2, delayMs: 0 },
      ),
    ).rejects.toMatchObject({ code: 'out-of-memory' });
    let runs = 0;
    const other = async (): Promise<never> => {
      runs++;
      throw new AppError('inference-failed', 'It stopped.');
    };
    await expect(retryOutOfMemory(other, () => {}, { tries: 2, delayMs: 0 })).rejects.toMatchObject({ code: 'inference-failed' });
    expect(runs).toBe(1);
  });
});
