/**
 * One track run: decode, infer and encode results, overlapped. ffmpeg decodes ahead in its own process, the worker always
 * has the next frame waiting, and run lengths are made while it works on that, so a run costs what its slowest stage costs.
 */

import type { EnginePlanes, EngineResult, TrackedFrameEvent } from '../api/protocol.ts';
import type { GraphTimings } from '../api/timings.ts';
import type { ObjectFrameResult } from '../tracking/tracker-core.ts';
import type { MediaSource } from './media-source.ts';
import { toEngineResult, toMemoryReport } from './results.ts';
import { objectsOn, passLength, type TrackPass } from './track-plan.ts';

interface Answer {
  results: ObjectFrameResult[];
  timings: GraphTimings;
  workerMs: number;
}

export interface TrackRunOptions {
  source: Pick<MediaSource, 'decode' | 'index' | 'media'>;
  passes: TrackPass[];
  modelSize: number;
  /** Send pictures, at most this large; null = none. */
  display: { width: number; height: number } | null;
  signal: AbortSignal;
  track: (frame: number, reverse: boolean, image: Uint8Array, objectIds: number[]) => Promise<Answer>;
  /** The worker may forget frames that it has not begun. */
  dropUpcoming: () => void;
  /** Resolves when the event has left (back-pressure). */
  onFrame: (event: Omit<TrackedFrameEvent, 'runId' | 'sessionId'>) => Promise<void>;
}

/**
 * Frames handed to the worker before the oldest is answered: the one it tracks, the next, whose image is encoded meanwhile, and the one
 * after, which it must have when it goes on to the next: no message reaches it while a graph runs.
 */
const inFlight = 3;
/** Pictures are for eyes: more than this many a second are not sent. */
const picturesPerSecond = 15;

/** @throws AppError `cancelled` when the signal fires; frames already reported stay valid */
export const runTrack = async (options: TrackRunOptions): Promise<void> => {
  const { source, signal } = options;
  const total = options.passes.reduce((sum, pass) => sum + passLength(pass), 0);
  let done = 0;
  let lastPictureMs = Number.NEGATIVE_INFINITY;

  const send = async (
    frame: number,
    reverse: boolean,
    picture: EnginePlanes | null,
    { results, timings, workerMs }: Answer,
  ): Promise<void> => {
    // The loop below sends the worker its next frame first.
    await new Promise(setImmediate);
    const encoded: EngineResult[] = results.map((result) => toEngineResult(result, source.media));
    done++;
    await options.onFrame({
      frame,
      reverse,
      timeMs: source.index.timeMs(frame),
      done,
      total,
      picture,
      results: encoded,
      memory: toMemoryReport(frame, results, source.media),
      timings,
      workerMs,
    });
  };

  for (const pass of options.passes) {
    const atWorker: Promise<Answer>[] = [];
    /** Results leave in order, each as soon as it is there. */
    const leaving: Promise<void>[] = [];
    let last: Promise<void> = Promise.resolve();
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
        const picture = isShown ? { ...options.display!, planes: decoded.display! } : null;
        const answer = options.track(decoded.frame, pass.reverse, decoded.model!, objectsOn(pass, decoded.frame));
        atWorker.push(answer);
        last = last.then(async () => send(decoded.frame, pass.reverse, picture, await answer));
        last.catch(() => {});
        leaving.push(last);
        if (atWorker.length >= inFlight) await atWorker.shift();
        if (leaving.length > inFlight) await leaving.shift();
      }
      await last;
    } finally {
      if (atWorker.length > 0) options.dropUpcoming();
      // The worker must be idle before anyone may end it.
      await Promise.allSettled([...atWorker, last]);
    }
  }
};
