/**
 * The inference worker: holds the ONNX Runtime sessions and all tracking state, because `run` blocks its thread. Model frames
 * come in and low-res logits go out as transferred buffers. It is never terminated while a run is under way (that would abort
 * the process): the engine process itself is what gets killed.
 */
import { availableParallelism } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { AppError } from '../../../shared/errors.ts';
import type { Manifest } from '../../../shared/manifest.ts';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import { type MethodMap, RpcPeer, Transferred } from '../../common/rpc.ts';
import { SerialQueue } from '../../common/serial-queue.ts';
import type { GraphTimings } from '../api/timings.ts';
import { constantsOf, type GraphPaths, OnnxGraphs } from '../model/runtime/onnx-graphs.ts';
import type { ProviderChoice } from '../model/runtime/providers.ts';
import { SecondLane } from '../model/scheduler/helper-thread.ts';
import type { PointPrompt } from '../tracking/point-prompt.ts';
import type { ObjectFrameResult } from '../tracking/tracker-core.ts';
import { VideoTracker } from '../tracking/video-tracker.ts';

let graphs: OnnxGraphs | null = null;
let manifest: Manifest | null = null;
/** Its modules are loaded while the model's files are checked; the first model that is loaded takes it or ends it. */
let idleLane: SecondLane | null = parentPort && availableParallelism() > 1 ? new SecondLane() : null;
const trackers = new Map<string, VideoTracker>();

/** Calls of one worker run one after another, in the order they came. */
const queue = new SerialQueue();
const inOrder = <T>(work: () => Promise<T>): Promise<T> => queue.run(work);

const tracker = (sessionId: string): VideoTracker => {
  const found = trackers.get(sessionId);
  if (!found) throw new AppError('session-unknown', 'This clip is not open in the engine. Open it again.');
  return found;
};

/** Results as copies that may be transferred: the memory bank keeps its own. */
const outgoing = (results: ObjectFrameResult[]): { results: ObjectFrameResult[]; buffers: ArrayBuffer[] } => {
  const copies = results.map((result) => ({
    ...result,
    logits: result.logits.slice(),
    amended: result.amended.map((earlier) => ({ ...earlier, logits: earlier.logits.slice() })),
  }));
  const logits = copies.flatMap((copy) => [copy.logits, ...copy.amended.map((earlier) => earlier.logits)]);
  return { results: copies, buffers: logits.map(({ buffer }) => buffer) };
};

/** What the image encoder took when it last ran, in ms; 0 = it has not yet. */
let encoderMs = 0;

const takeTimings = (): GraphTimings => {
  const timings = graphs!.takeTimings();
  encoderMs = timings.imageEncoder || encoderMs;
  return timings;
};

/** A frame that somebody looks at is encoded before it is clicked, unless that would keep a click elsewhere waiting for longer than this. */
const mostAttendMs = 1000;
let attended: object | null = null;

/** A prompt's mask, and what it took. */
const prompted = (work: () => Promise<ObjectFrameResult>) =>
  inOrder(async () => {
    // What ran between the prompts is none of this one's.
    graphs?.takeTimings();
    const start = performance.now();
    const { results, buffers } = outgoing([await work()]);
    const timings = takeTimings();
    return new Transferred({ result: results[0]!, timings, workerMs: performance.now() - start }, buffers);
  });

const noImage = (): Uint8Array => {
  throw new AppError('internal', 'The frame was not sent along and its features are no longer held.');
};

interface TrackInput {
  sessionId: string;
  frame: number;
  reverse: boolean;
  image: Uint8Array;
  objectIds: number[];
}

/** Frames that were sent and not begun. */
let upcoming: TrackInput[] = [];
let isTracking = false;

/** Images of the next frames are encoded beside the work on this one. A source that has no next frame yet has sent none. */
const lookAhead = (): void => {
  const next = upcoming[0];
  if (isTracking && next) trackers.get(next.sessionId)?.lookAhead(upcoming.filter(({ sessionId }) => sessionId === next.sessionId));
};

export const workerMethods = {
  load: (input: { manifest: Manifest; paths: GraphPaths; choice: ProviderChoice }) =>
    inOrder(async () => {
      // Whatever is known of open clips is of the former model's graphs, which are gone also when the new ones can't be read.
      for (const former of trackers.values()) former.dispose();
      trackers.clear();
      const former = graphs;
      graphs = null;
      await former?.release();
      encoderMs = 0;
      const lane = idleLane;
      idleLane = null;
      graphs = await OnnxGraphs.load(input.paths, constantsOf(input.manifest), input.choice, { twoLanes: true, idleLane: lane });
      manifest = input.manifest;
      return { provider: graphs.provider, providerReason: graphs.providerReason };
    }),

  openSession: (input: { sessionId: string; width: number; height: number; frameCount: number | null }) =>
    inOrder(async () => {
      if (!graphs || !manifest) throw new AppError('model-missing', 'No model is loaded. Choose a model first.');
      trackers.set(input.sessionId, new VideoTracker(graphs, constantsOf(manifest), input));
      return {};
    }),

  closeSession: (input: { sessionId: string }) =>
    inOrder(async () => {
      trackers.get(input.sessionId)?.dispose();
      trackers.delete(input.sessionId);
      return {};
    }),

  setPoints: (input: {
    sessionId: string;
    objectId: number;
    frame: number;
    prompt: PointPrompt;
    image: Uint8Array;
    prior: Float32Array | null;
    candidate: number | null;
  }) =>
    prompted(() =>
      tracker(input.sessionId).setPoints(input.objectId, input.frame, input.prompt, () => input.image, input.prior, input.candidate),
    ),

  setMask: (input: { sessionId: string; objectId: number; frame: number; mask: Uint8Array; image: Uint8Array }) =>
    prompted(() => tracker(input.sessionId).setMask(input.objectId, input.frame, input.mask, () => input.image)),

  /** Encodes a frame that is likely to be prompted. Of several that wait the last one alone counts. */
  attend: (input: { sessionId: string; frame: number; image: Uint8Array }) => {
    attended = input;
    return inOrder(async () => {
      if (attended !== input || encoderMs > mostAttendMs) return {};
      graphs?.takeTimings();
      await tracker(input.sessionId).attend(input.frame, input.image);
      takeTimings();
      return {};
    });
  },

  /** Sent right after a prompt, so that the click is answered before its memory is encoded. */
  encodePending: (input: { sessionId: string; frame: number }) =>
    inOrder(async () => {
      await tracker(input.sessionId).encodePending(input.frame, noImage);
      return {};
    }),

  clearPrompts: (input: { sessionId: string; objectId: number; frame: number }) =>
    inOrder(async () => {
      tracker(input.sessionId).clearPrompts(input.objectId, input.frame);
      return {};
    }),

  removeObject: (input: { sessionId: string; objectId: number }) =>
    inOrder(async () => {
      tracker(input.sessionId).removeObject(input.objectId);
      return {};
    }),

  /** Moves prompts into memory and tells each object's conditioning frames, ascending. */
  startPropagation: (input: { sessionId: string; memory: MemorySettings }) =>
    inOrder(async () => {
      const session = tracker(input.sessionId);
      session.setMemory(input.memory);
      session.startPropagation();
      return session.objectIds.map((id) => ({ id, conditioning: session.conditioningFrames(id) }));
    }),

  trackFrame: (input: TrackInput) => {
    upcoming.push(input);
    lookAhead();
    return inOrder(async () => {
      if (upcoming[0] !== input) throw new AppError('cancelled', 'The run was ended before this frame.');
      upcoming.shift();
      isTracking = true;
      try {
        const start = performance.now();
        const tracking = tracker(input.sessionId).trackFrame(input.frame, input.reverse, () => input.image, input.objectIds);
        lookAhead();
        const { results, buffers } = outgoing(await tracking);
        const timings = takeTimings();
        return new Transferred({ results, timings, workerMs: performance.now() - start }, buffers);
      } finally {
        isTracking = false;
      }
    });
  },
  /** Frames that were sent and not begun fail as `cancelled`. It need not wait for the one at work. */
  dropUpcoming: async ({ sessionId }: { sessionId: string }) => {
    upcoming = upcoming.filter((input) => input.sessionId !== sessionId);
    return {};
  },
} satisfies MethodMap;

export type WorkerMethods = typeof workerMethods;

if (parentPort) {
  const port = parentPort;
  new RpcPeer<MethodMap>(
    {
      post: (message, transfer = []) => port.postMessage(message, transfer),
      onMessage: (listener) => port.on('message', listener),
    },
    workerMethods,
  );
}
