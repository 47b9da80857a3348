/**
 * One track run: decode, infer and encode results, overlapped. ffmpeg decodes ahead in its own process, the worker always
 * has the next frame waiting, and run lengths are made while it works on that, so a run costs what its slowest stage costs.
 */

import type { GraphTimings } from '../model/onnx-graphs.ts';
import type { EnginePlanes, EngineResult, TrackedFrameEvent } from '../protocol.ts';
import type { ObjectFrameResult } from '../tracking/tracker-core.ts';
import type { MediaSource } from './media-source.ts';
import { toEngineResult, toMemoryReport } from './results.ts';
import { objectsOn, passLength, type TrackPass } from './track-plan.ts';

export interface TrackRunOptions {
  source: MediaSource;
  passes: TrackPass[];
  modelSize: number;
  /** Send pictures, at most this large; null = none. */
  display: { width: number; height: number } | null;
  signal: AbortSignal;
  track: (
    frame: number,
    reverse: boolean,
    image: Uint8Array,
    objectIds: number[],
  ) => Promise<{ results: ObjectFrameResult[]; timings: GraphTimings; workerMs: number }>;
  /** Resolves when the event has left (back-pressure). */
  onFrame: (event: Omit<TrackedFrameEvent, 'runId'>) => Promise<void>;
}

/** Frames handed to the worker before the oldest is answered. */
const inFlight = 2;
/** Pictures are for eyes: more than this many a second are not sent. */
const picturesPerSecond = 15;

/** @throws AppError `cancelled` when the signal fires; frames already reported stay valid */
export const runTrack = async (options: TrackRunOptions): Promise<void> => {
  const { source, signal } = options;
  const total = options.passes.reduce((sum, pass) => sum + passLength(pass), 0);
  let done = 0;
  let lastPictureMs = Number.NEGATIVE_INFINITY;

  for (const pass of options.passes) {
    const waiting: { frame: number; picture: EnginePlanes | null; answer: ReturnType<TrackRunOptions['track']> }[] = [];
    const finishOldest = async (): Promise<void> => {
      const oldest = waiting.shift()!;
      const { results, timings, workerMs } = await oldest.answer;
      const encoded: EngineResult[] = results.map((result) => toEngineResult(result, source.media));
      done++;
      await options.onFrame({
        frame: oldest.frame,
        reverse: pass.reverse,
        timeMs: source.index.timeMs(oldest.frame),
        done,
        total,
        picture: oldest.picture,
        results: encoded,
        memory: toMemoryReport(oldest.frame, results, source.media),
        timings,
        workerMs,
      });
    };
    try {
      for await (const decoded of source.decode({
        start: pass.start,
        end: pass.end,
        reverse: pass.reverse,
        display: options.display,
        modelSize: options.modelSize,
        signal,
      })) {
        signal.throwIfAborted();
        const now = performance.now();
        const isShown = decoded.display !== null && now - lastPictureMs >= 1000 / picturesPerSecond;
        if (isShown) lastPictureMs = now;
        const answer = options.track(decoded.frame, pass.reverse, decoded.model!, objectsOn(pass, decoded.frame));
        answer.catch(() => {});
        waiting.push({ frame: decoded.frame, picture: isShown ? { ...options.display!, planes: decoded.display! } : null, answer });
        if (waiting.length >= inFlight) await finishOldest();
      }
      while (waiting.length > 0) await finishOldest();
    } finally {
      // The worker must be idle before anyone may end it.
      await Promise.allSettled(waiting.map((w) => w.answer));
    }
  }
};
