import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import type { DecodedFrame } from '../media/decode.ts';
import { FrameIndex } from '../media/frame-index.ts';
import type { MediaInfo } from '../media/probe.ts';
import type { ObjectFrameResult } from '../tracking/tracker-core.ts';
import { runTrack, type TrackRunOptions } from './track-run.ts';

const frames = 12;
const timings = { imageEncoder: 0, memoryAttention: 0, maskDecoder: 0, memoryEncoder: 0, inside: 0 };
const result: ObjectFrameResult = {
  objectId: 1,
  logits: new Float32Array(16).fill(1),
  objectLogit: 3,
  predictedIou: 0.9,
  prompted: false,
  uncertainty: 0,
  events: [],
  amended: [],
};
type Answer = Awaited<ReturnType<TrackRunOptions['track']>>;

/** A run over a source and a worker that are both stepped by hand. */
const setUp = (change: Partial<TrackRunOptions> = {}) => {
  const asked: { frame: number; answer: () => void; fail: (error: Error) => void }[] = [];
  const told: number[] = [];
  const abort = new AbortController();
  let dropped = 0;
  const options: TrackRunOptions = {
    source: {
      media: { width: 8, height: 8 } as MediaInfo,
      index: new FrameIndex(
        Array.from({ length: frames }, (_, i) => i),
        { num: 1, den: 25 },
        1,
        [0],
      ),
      async *decode(): AsyncGenerator<DecodedFrame> {
        for (let frame = 0; frame < frames; frame++) yield { frame, timeMs: 0, display: null, model: new Uint8Array(3) };
      },
    },
    passes: [{ reverse: false, start: 0, end: frames - 1, objects: [{ id: 1, first: 0 }] }],
    modelSize: 1,
    display: null,
    signal: abort.signal,
    track: (frame) =>
      new Promise<Answer>((resolve, reject) => {
        asked.push({ frame, answer: () => resolve({ results: [result], timings, workerMs: 1 }), fail: reject });
      }),
    dropUpcoming: () => {
      dropped++;
      for (const { fail } of asked) fail(new AppError('cancelled', 'dropped'));
    },
    onFrame: async ({ frame }) => {
      told.push(frame);
    },
    ...change,
  };
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 6; i++) await new Promise(setImmediate);
  };
  return { asked, told, abort, options, settle, dropped: () => dropped };
};

describe('a track run', () => {
  it('keeps three frames at the worker, and tells results in order as they come', async () => {
    const { asked, told, options, settle } = setUp();
    const run = runTrack(options);
    for (let t = 0; t < frames; t++) {
      await settle();
      expect(asked.length).toBe(Math.min(frames, t + 3));
      expect(told.length).toBe(t);
      asked[t]!.answer();
    }
    await run;
    expect(told).toEqual(Array.from({ length: frames }, (_, i) => i));
  });

  it('counts the prompted frame once when it goes both ways', async () => {
    const told: [number, number, number][] = [];
    const both = { reverse: false, start: 4, end: 11, objects: [{ id: 1, first: 4 }] };
    const { options } = setUp({
      passes: [both, { ...both, reverse: true, end: 0 }],
      track: async () => ({ results: [result], timings, workerMs: 1 }),
      onFrame: async ({ frame, done, total }) => void told.push([frame, done, total]),
    });
    options.source.decode = async function* ({ start = 0, end = 0, reverse = false }): AsyncGenerator<DecodedFrame> {
      const step = reverse ? -1 : 1;
      for (let frame = start; frame !== end + step; frame += step) yield { frame, timeMs: 0, display: null, model: new Uint8Array(3) };
    };
    await runTrack(options);
    expect(told.slice(7, 10)).toEqual([
      // It is done when the way back has been on it too.
      [11, 7, 12],
      [4, 8, 12],
      [3, 9, 12],
    ]);
    expect(told.at(-1)).toEqual([0, 12, 12]);
  });

  it('tells a result although the source has no next frame yet', async () => {
    const waiting = Promise.withResolvers<void>();
    const { asked, told, options, settle } = setUp();
    const { decode: all, ...rest } = options.source;
    const decode: typeof all = async function* (wanted) {
      for await (const decoded of all(wanted)) {
        if (decoded.frame === 1) await waiting.promise;
        yield decoded;
      }
    };
    const run = runTrack({ ...options, source: { ...rest, decode } });
    await settle();
    asked[0]!.answer();
    await settle();
    expect(told).toEqual([0]);
    waiting.resolve();
    for (let t = 1; t < frames; t++) {
      await settle();
      asked[t]!.answer();
    }
    await run;
    expect(told.length).toBe(frames);
  });

  it('gives no more to a worker whose results do not leave', async () => {
    const gate = Promise.withResolvers<void>();
    const { asked, options, settle } = setUp({ onFrame: () => gate.promise });
    const run = runTrack(options);
    for (let t = 0; t < 6; t++) {
      await settle();
      asked[t]?.answer();
    }
    await settle();
    expect(asked.length).toBeLessThan(7);
    gate.resolve();
    for (let t = 0; t < frames; t++) {
      await settle();
      asked[t]?.answer();
    }
    await run;
  });

  it('drops what the worker has not begun when it is cancelled, and waits for the rest', async () => {
    const { asked, told, abort, options, settle, dropped } = setUp();
    const run = runTrack(options);
    await settle();
    abort.abort(new AppError('cancelled', 'stop'));
    asked[0]!.answer();
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect([told, dropped(), asked.length]).toEqual([[0], 1, 3]);
  });

  it('ends with what stopped a frame, and tells those before it', async () => {
    const { asked, told, options, settle } = setUp();
    const run = runTrack(options);
    await settle();
    asked[0]!.answer();
    asked[1]!.fail(new AppError('inference-failed', 'no memory'));
    await expect(run).rejects.toMatchObject({ code: 'inference-failed' });
    expect(told).toEqual([0]);
  });
});
