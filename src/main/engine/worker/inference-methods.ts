/**
 * What the inference worker does: it holds a model's graphs and all tracking state. Model frames come in and low-res
 * logits go out as transferred buffers. Open clips and live sources share the time fairly (fair-scheduler.ts); a prompt
 * goes first where somebody looks.
 */
import { AppError } from '../../../shared/errors.ts';
import type { DiscoveryThresholds } from '../../../shared/manifest.ts';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import { type MethodMap, Transferred } from '../../common/rpc.ts';
import type { GraphTimings } from '../api/timings.ts';
import type { TrackerConstants } from '../tracking/constants.ts';
import type { TrackerGraphs } from '../tracking/graphs.ts';
import type { PointPrompt } from '../tracking/point-prompt.ts';
import type { ObjectFrameResult } from '../tracking/tracker-core.ts';
import { VideoTracker } from '../tracking/video-tracker.ts';
import { findWorkerMethods } from './find-methods.ts';
import { InferenceQueue } from './inference-queue.ts';

/** A model whose graphs are open. */
export interface LoadedModel {
  graphs: TrackerGraphs;
  constants: TrackerConstants;
  provider: string;
  /** Why this provider and not a better one. */
  providerReason: string;
  /** From where on its answers become objects that nobody clicked; SAM 2's by default. */
  discovery?: DiscoveryThresholds | undefined;
  /** Time inside its graphs since the last call. */
  takeTimings(): GraphTimings;
  release(): Promise<void>;
}

/** A frame is encoded before it is clicked, unless that would keep a click elsewhere waiting for longer than this. */
const mostPrefetchMs = 1000;

interface TrackInput {
  sessionId: string;
  frame: number;
  reverse: boolean;
  /** [S, S, 3] */
  image: Uint8Array;
  objectIds: number[];
}

/** Results as copies that may be transferred: the memory bank keeps its own. */
const outgoing = (results: ObjectFrameResult[]): { results: ObjectFrameResult[]; buffers: ArrayBuffer[] } => {
  const copies = results.map((result) => ({
    ...result,
    logits: result.logits.slice(),
    amended: result.amended.map((earlier) => ({ ...earlier, logits: earlier.logits.slice() })),
  }));
  const logits = copies.flatMap((copy) => [copy.logits, ...copy.amended.map((earlier) => earlier.logits)]);
  return { results: copies, buffers: logits.map(({ buffer }) => buffer as ArrayBuffer) };
};

const noImage = (): Uint8Array => {
  throw new AppError('internal', 'The frame was not sent along and its features are no longer held.');
};

/**
 * @param loadModel opens a model's graphs; the former ones are released by then
 * @param now ms of a clock that never goes back
 * @typeParam L what `loadModel` is told
 */
export const inferenceMethods = <L>(loadModel: (input: L) => Promise<LoadedModel>, now: () => number = () => performance.now()) => {
  const queue = new InferenceQueue(now);
  const trackers = new Map<string, VideoTracker>();
  /** By session: frames that were sent and not begun. */
  const upcoming = new Map<string, TrackInput[]>();
  /** By session: the newest frame to encode before it is prompted; older ones are not encoded any more. */
  const prefetched = new Map<string, object>();
  let model: LoadedModel | null = null;
  /** Sessions that somebody looks at; null while nobody has said. */
  let foreground: ReadonlySet<string> | null = null;
  /** What the image encoder took when it last ran; 0 = it has not yet. */
  let encoderMs = 0;
  let isTracking = false;

  const trackerOf = (sessionId: string): VideoTracker => {
    const found = trackers.get(sessionId);
    if (!found) throw new AppError('session-unknown', 'This clip is not open in the engine. Open it again.');
    return found;
  };

  const takeTimings = (): GraphTimings => {
    const timings = model!.takeTimings();
    encoderMs = timings.imageEncoder || encoderMs;
    return timings;
  };

  /** A prompt's mask, and what it took. */
  const prompted = (sessionId: string, work: (tracker: VideoTracker) => Promise<ObjectFrameResult>) =>
    queue.run(
      sessionId,
      async () => {
        // What ran between the prompts is none of this one's.
        model?.takeTimings();
        const startMs = now();
        const { results, buffers } = outgoing([await work(trackerOf(sessionId))]);
        const timings = takeTimings();
        return new Transferred({ result: results[0]!, timings, workerMs: now() - startMs }, buffers);
      },
      { isUrgent: foreground?.has(sessionId) ?? true },
    );

  /**
   * Images of the next frames are encoded beside the work on this one. A source that has no next frame yet has sent
   * none.
   */
  const lookAhead = (): void => {
    const next = isTracking ? queue.likelyNext : null;
    const frames = next === null ? undefined : upcoming.get(next);
    if (frames && frames.length > 0) trackers.get(next!)?.lookAhead(frames);
  };

  return {
    load: (input: L) =>
      queue.runAlone(async () => {
        // Whatever is known of open clips is of the former model's graphs, which are gone also when the new ones can't
        // be read.
        for (const tracker of trackers.values()) tracker.dispose();
        trackers.clear();
        const former = model;
        model = null;
        await former?.release();
        encoderMs = 0;
        model = await loadModel(input);
        return { provider: model.provider, providerReason: model.providerReason };
      }),

    openSession: ({ sessionId, ...size }: { sessionId: string; width: number; height: number; frameCount: number | null }) =>
      queue.run(sessionId, async () => {
        if (!model) throw new AppError('model-missing', 'No model is loaded. Choose a model first.');
        trackers.set(sessionId, new VideoTracker(model.graphs, model.constants, size));
        return {};
      }),

    closeSession: async ({ sessionId }: { sessionId: string }) => {
      await queue.run(sessionId, async () => {
        trackers.get(sessionId)?.dispose();
        for (const known of [trackers, upcoming, prefetched]) known.delete(sessionId);
      });
      queue.forget(sessionId);
      return {};
    },

    /** Prompts of these sessions go before all other work; null: those of every session do. */
    setForeground: async ({ sessionIds }: { sessionIds: readonly string[] | null }) => {
      foreground = sessionIds && new Set(sessionIds);
      return {};
    },

    /** How much of the time a session gets beside others: for a stream, its target rate. */
    setShare: async ({ sessionId, share }: { sessionId: string; share: number }) => {
      queue.setShare(sessionId, share);
      return {};
    },

    setPoints: (input: {
      sessionId: string;
      objectId: number;
      frame: number;
      prompt: PointPrompt;
      image: Uint8Array;
      prior: Float32Array | null;
      candidate: number | null;
    }) =>
      prompted(input.sessionId, (tracker) =>
        tracker.setPoints(input.objectId, input.frame, input.prompt, () => input.image, input.prior, input.candidate),
      ),

    setMask: (input: { sessionId: string; objectId: number; frame: number; mask: Uint8Array; image: Uint8Array }) =>
      prompted(input.sessionId, (tracker) => tracker.setMask(input.objectId, input.frame, input.mask, () => input.image)),

    /** Encodes a frame that is likely to be prompted. Of several of a session that wait the last one alone counts. */
    prefetchFrame: (input: { sessionId: string; frame: number; image: Uint8Array }) => {
      const { sessionId, frame, image } = input;
      prefetched.set(sessionId, input);
      return queue.run(sessionId, async () => {
        if (prefetched.get(sessionId) !== input || encoderMs > mostPrefetchMs) return {};
        model?.takeTimings();
        await trackerOf(sessionId).prefetchFrame(frame, image);
        takeTimings();
        return {};
      });
    },

    /** Sent right after a prompt, so that the click is answered before its memory is encoded. */
    encodePending: ({ sessionId, frame }: { sessionId: string; frame: number }) =>
      queue.run(sessionId, async () => {
        await trackerOf(sessionId).encodePending(frame, noImage);
        return {};
      }),

    clearPrompts: ({ sessionId, objectId, frame }: { sessionId: string; objectId: number; frame: number }) =>
      queue.run(sessionId, async () => {
        trackerOf(sessionId).clearPrompts(objectId, frame);
        return {};
      }),

    removeObject: ({ sessionId, objectId }: { sessionId: string; objectId: number }) =>
      queue.run(sessionId, async () => {
        trackerOf(sessionId).removeObject(objectId);
        return {};
      }),

    /** Moves prompts into memory and tells each object's conditioning frames, ascending. */
    startPropagation: ({ sessionId, memory }: { sessionId: string; memory: MemorySettings }) =>
      queue.run(sessionId, async () => {
        const tracker = trackerOf(sessionId);
        tracker.setMemory(memory);
        tracker.startPropagation();
        return tracker.objectIds.map((id) => ({ id, conditioning: tracker.conditioningFrames(id) }));
      }),

    trackFrame: (input: TrackInput) => {
      const { sessionId, frame, reverse, image, objectIds } = input;
      upcoming.set(sessionId, [...(upcoming.get(sessionId) ?? []), input]);
      const tracked = queue.run(sessionId, async () => {
        const [first, ...later] = upcoming.get(sessionId) ?? [];
        if (first !== input) throw new AppError('cancelled', 'The run was ended before this frame.');
        upcoming.set(sessionId, later);
        isTracking = true;
        try {
          const startMs = now();
          const tracking = trackerOf(sessionId).trackFrame(frame, reverse, () => image, objectIds);
          lookAhead();
          const { results, buffers } = outgoing(await tracking);
          const timings = takeTimings();
          return new Transferred({ results, timings, workerMs: now() - startMs }, buffers);
        } finally {
          isTracking = false;
        }
      });
      lookAhead();
      return tracked;
    },

    /** Frames of the session that were sent and not begun fail as `cancelled`. It need not wait for the one at work. */
    dropUpcoming: async ({ sessionId }: { sessionId: string }) => {
      upcoming.delete(sessionId);
      return {};
    },

    ...findWorkerMethods({
      queue,
      model: () => {
        if (!model) throw new AppError('model-missing', 'No model is loaded. Choose a model first.');
        return model;
      },
    }),
  } satisfies MethodMap;
};
