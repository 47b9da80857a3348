/**
 * One track run: decode, infer and encode results, overlapped. ffmpeg decodes ahead in its own process, the worker
 * always has the next frame waiting, and run lengths are made while it works on that, so a run costs what its slowest
 * stage costs.
 */

import { throttle } from '../../common/throttle.ts';
import type { EnginePlanes, EngineResult, TrackedFrameEvent } from '../api/protocol.ts';
import type { GraphTimings } from '../api/timings.ts';
import type { ObjectFrameResult } from '../tracking/tracker-core.ts';
import { CutDetector } from './cut-detector.ts';
import { FramesUnderWay } from './frames-under-way.ts';
import type { MediaSource } from './media-source.ts';
import { toEngineResult, toMemoryReport } from './results.ts';
import { objectsOn, RunFrames, type TrackPass } from './track-plan.ts';

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
 * Frames handed to the worker before the oldest is answered: the one it tracks, the next, whose image is encoded
 * meanwhile, and the one after, which it must have when it goes on to the next: no message reaches it while a graph
 * runs.
 */
const inFlight = 3;
/** Pictures are for eyes: more than this many a second are not sent. */
const picturesPerSecond = 15;

/** @throws AppError `cancelled` when the signal fires; frames already reported stay valid */
export const runTrack = async (options: TrackRunOptions): Promise<void> => {
  const { source, signal } = options;
  const count = new RunFrames(options.passes);
  const isPictureDue = throttle(1000 / picturesPerSecond);

  const send = async (
    pass: TrackPass,
    frame: number,
    isCut: boolean,
    picture: EnginePlanes | null,
    { results, timings, workerMs }: Answer,
  ): Promise<void> => {
    const encoded: EngineResult[] = results.map((result) => toEngineResult(result, source.media));
    count.visited(pass, frame);
    const { done, total, visitsLeft } = count;
    await options.onFrame({
      frame,
      reverse: pass.reverse,
      isCut,
      timeMs: source.index.timeMs(frame),
      done,
      total,
      visitsLeft,
      picture,
      results: encoded,
      memory: toMemoryReport(frame, results, source.media),
      timings,
      workerMs,
    });
  };

  for (const pass of options.passes) {
    const underWay = new FramesUnderWay(inFlight);
    const cuts = new CutDetector();
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
        const picture = decoded.display !== null && isPictureDue() ? { ...options.display!, planes: decoded.display } : null;
        const isCut = cuts.isCut(decoded.model!);
        const answer = options.track(decoded.frame, pass.reverse, decoded.model!, objectsOn(pass, decoded.frame));
        await underWay.add(answer, (answered) => send(pass, decoded.frame, isCut, picture, answered!));
      }
      await underWay.allLeft();
    } finally {
      if (underWay.isAtWorker) options.dropUpcoming();
      await underWay.settled();
    }
  }
};
