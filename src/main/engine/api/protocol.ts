/**
 * What a host asks of the engine process and what the engine tells it. The engine owns nothing that the user made:
 * prompts and results live with the host, so the process may be killed at any moment and restarted.
 */
import { z } from 'zod';
import { discoverySettingsSchema, type Found } from '../../../shared/discovery.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import { overlayStyleSchema } from '../../../shared/export-choice.ts';
import { deinterlaceSchema } from '../../../shared/footage.ts';
import { frameRateSchema } from '../../../shared/frame-rate.ts';
import { type LiveState, playedSourceSchema } from '../../../shared/live.ts';
import { memorySettingsSchema } from '../../../shared/memory-settings.ts';
import type { TreeEvent } from '../../../shared/memory-tree.ts';
import { boxSchema, maskSchema, pointSchema } from '../../../shared/prompts.ts';
import { redactionSchema } from '../../../shared/redaction.ts';
import type { ReviewFrame } from '../../../shared/review-queue.ts';
import { analysisHeights, enhancerNames } from '../../../shared/streams.ts';
import type { FrameOverlay } from '../../../shared/wire.ts';
import { installableModelSchema } from './installable-model.ts';
import { precisionNames, providerNames } from './providers.ts';
import type { GraphTimings } from './timings.ts';

const sessionId = z.string().min(1);
const objectId = z.number().int().positive();
const frame = z.number().int().nonnegative();
const size = z.object({ width: z.number().int().positive(), height: z.number().int().positive() });

const exportedObjectSchema = z.object({
  id: objectId,
  name: z.string(),
  color: z.string(),
});

const viewerNumber = z.number().int().nonnegative();

/** Input schemas of the engine's methods; outputs are the types below. */
export const engineInputs = {
  loadModel: z.object({
    /** In its `loadProgress` events. */
    runId: z.string(),
    bundleDir: z.string(),
    provider: z.enum(['auto', ...providerNames]),
    threads: z.number().int().positive().optional(),
    precision: z.enum(precisionNames),
  }),
  prepare: z.object({ path: z.string().min(1) }),
  /** stream: a video stream of the file, covers not counted; by default the largest that moves. */
  open: z.object({
    sessionId,
    path: z.string().min(1),
    stream: z.number().int().nonnegative().optional(),
    deinterlace: deinterlaceSchema.optional(),
  }),
  close: z.object({ sessionId }),
  readFrame: z.object({
    sessionId,
    frame,
    /** Who looks: each has its own place in the clip. 0 is the host itself. */
    viewer: viewerNumber,
    /** For thumbnails: any frame before this one will do as well, so the one that is read the fastest. */
    until: frame.nullable(),
    maxWidth: z.number().int().positive(),
    maxHeight: z.number().int().positive(),
  }),
  forgetViewer: z.object({ viewer: viewerNumber }),
  setPoints: z.object({
    sessionId,
    objectId,
    frame,
    points: z.array(pointSchema),
    box: boxSchema.nullable(),
    prior: z.instanceof(Float32Array).nullable(),
    /** 0..3 to take that mask instead of the best one. */
    candidate: z.number().int().min(0).max(3).nullable().default(null),
  }),
  setMask: z.object({ sessionId, objectId, frame, mask: maskSchema }),
  prefetchFrame: z.object({ sessionId, frame }),
  /**
   * Sessions that somebody looks at: their prompts go before all other work. null, as at the start: those of every
   * session do.
   */
  setForeground: z.object({ sessionIds: z.array(sessionId).nullable() }),
  clearPrompts: z.object({ sessionId, objectId, frame }),
  removeObject: z.object({ sessionId, objectId }),
  track: z.object({
    sessionId,
    runId: z.string(),
    direction: z.enum(['forward', 'backward', 'both']),
    from: frame.nullable(),
    to: frame.nullable(),
    objectIds: z.array(objectId).nullable(),
    memory: memorySettingsSchema,
    /**
     * Where a run that was paused goes on, beyond the clip for an object that is done; those not named begin as in a
     * new run.
     */
    resume: z
      .object({ reverse: z.boolean(), at: z.array(z.tuple([objectId, z.number().int().min(-1)])) })
      .nullable()
      .default(null),
    /** Send pictures along, at most this large, or none. */
    display: size.nullable(),
  }),
  measureExport: z.object({ sessionId, from: frame, to: frame }),
  exportResults: z.object({
    sessionId,
    runId: z.string(),
    from: frame,
    to: frame,
    video: z.string().nullable(),
    /** What the video is called instead when it ends before it is whole. */
    cutVideo: z.string().nullable(),
    /** How masks are drawn into the video; null: not at all. */
    overlays: overlayStyleSchema.nullable(),
    /** How objects are hidden in the video; undefined: not at all. Overlays are drawn over that. */
    redaction: redactionSchema.optional(),
    masksDirectory: z.string().nullable(),
    contactSheet: z.string().nullable(),
    objects: z.array(exportedObjectSchema),
  }),
  /** Answers the event `exportNeeds`: by frame and object, COCO compressed counts at the source's size. */
  exportMasks: z.object({
    runId: z.string(),
    from: frame,
    frames: z.array(z.object({ frame, masks: z.array(z.tuple([objectId, z.string()])) })),
  }),
  /**
   * The export ends with frame `last`, null = with the one at work, and its files are closed properly. `isWhole`: there
   * is no more to write, so they have their usual names.
   */
  endExport: z.object({ runId: z.string(), last: z.number().int().min(-1).nullable(), isWhole: z.boolean() }),
  /** Finds objects from a frame to another, forward. Nothing that the clip's objects know changes. */
  find: z.object({
    sessionId,
    runId: z.string(),
    from: frame,
    to: frame,
    settings: discoverySettingsSchema,
    /** The folder of a detector's bundle; null: there is none. */
    detectorDir: z.string().nullable(),
    /** There are objects already: their masks are asked for by the event `findNeeds`, and count as covered. */
    hasOthers: z.boolean(),
    /** Of a live source: pictures a second that are wanted. */
    targetFps: z.number().positive(),
  }),
  /** Of a live source: found objects, by id, that are the user's from now on. */
  releaseFound: z.object({ runId: z.string(), ids: z.array(z.number().int().positive()) }),
  /** Answers the event `findNeeds`, as `exportMasks` does. */
  findMasks: z.object({
    runId: z.string(),
    from: frame,
    frames: z.array(z.object({ frame, masks: z.array(z.tuple([objectId, z.string()])) })),
  }),
  importMedia: z.object({
    runId: z.string(),
    source: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('images'), folder: z.string(), rate: frameRateSchema }),
      /** isClockless: what comes has no times of its own, so it gets those at which it comes. */
      z.object({ kind: z.literal('network'), url: z.string(), isClockless: z.boolean().optional() }),
      z.object({ kind: z.literal('recording'), path: z.string() }),
    ]),
    output: z.string(),
  }),
  findFfmpeg: z.object({}),
  inspectFfmpeg: z.object({}),
  thumbnail: z.object({
    path: z.string().min(1),
    width: z.number().int().min(16).max(1024),
    height: z.number().int().min(16).max(1024),
  }),
  inspectProviders: z.object({}),
  liveCameras: z.object({}),
  liveStart: z.object({
    sessionId,
    source: playedSourceSchema,
    /** Where the recording is made; one that is there already is gone on with. */
    folder: z.string().min(1),
    bufferBytes: z.number().int().positive(),
    /** Pictures are at most this large. */
    display: size,
    memory: memorySettingsSchema,
    deinterlace: deinterlaceSchema.optional(),
    /** New tries after a break. */
    tries: z.number().int().nonnegative(),
    /** What is known of the picture from a recording that is gone on with. */
    picture: size.nullable().default(null),
    /** A stream that runs by itself; null: a person looks at it. */
    stream: z
      .object({
        /** Of the registry (streams/tracker-registry.ts). */
        tracker: z.string(),
        targetFps: z.number().min(1).max(60),
        analysisHeight: z.literal(analysisHeights),
        enhance: z.array(z.enum(enhancerNames)),
        /** Frames of the ring, within its bytes. */
        bufferFrames: z.number().int().positive(),
        mostCatchUpMs: z.number().positive(),
      })
      .nullable()
      .default(null),
    /** Other times than the usual, ms; see streams/lifecycle.ts. */
    rules: z
      .object({
        stallMs: z.number().positive(),
        restartMs: z.number().positive(),
        connectMs: z.number().positive(),
        firstPauseMs: z.number().positive(),
        longestPauseMs: z.number().positive(),
      })
      .partial()
      .default({}),
  }),
  liveAppend: z.object({ sessionId, data: z.instanceof(Uint8Array) }),
  /** `isOn` null: as it is. `stride`: of each so many pictures one is tracked; left out: as it is. */
  liveTracking: z.object({
    sessionId,
    isOn: z.boolean().nullable(),
    locked: z.array(objectId),
    stride: z.number().int().min(1).max(16).optional(),
  }),
  liveStop: z.object({ sessionId }),
  liveJoin: z.object({ folder: z.string().min(1), output: z.string().min(1) }),
  /** Ends an import of an endless source; what came is kept. */
  finishImport: z.object({ runId: z.string() }),
  cancel: z.object({ runId: z.string() }),
  usage: z.object({}),
  checkCheckpoint: z.object({ path: z.string(), model: installableModelSchema, requirePublished: z.boolean() }),
  identifyCheckpoint: z.object({ path: z.string(), models: z.array(installableModelSchema) }),
  bundleFor: z.object({ model: installableModelSchema, imageSize: z.number().int(), installedDir: z.string() }),
  verifyBundle: z.object({ dir: z.string() }),
} as const;
export type EngineInput<M extends keyof typeof engineInputs> = z.infer<(typeof engineInputs)[M]>;

/** One object's result on one frame, as the host stores it. */
export interface EngineResult {
  objectId: number;
  /** COCO compressed counts at the source's size. */
  counts: string;
  /** [x, y, width, height] in source px, null when the mask is empty. */
  box: [number, number, number, number] | null;
  area: number;
  /** Predicted IoU, 0..1. */
  predictedIou: number;
  objectLogit: number;
  prompted: boolean;
  /** Low-res logits for the display. */
  overlay: FrameOverlay;
}

export interface EngineModel {
  id: string;
  name: string;
  version: string;
  imageSize: number;
  /** Side of the logit grid of its masks. */
  logitSize: number;
  provider: string;
  providerReason: string;
}

/** A picture and the frame it is of. */
export interface EnginePicture extends EnginePlanes {
  frame: number;
}

export interface EnginePlanes {
  width: number;
  height: number;
  planes: Uint8Array;
}

/** What the memories of the objects of a frame tell. */
export interface MemoryReport {
  /** How much the frame is worth a look, for objects that were tracked on it. */
  uncertainty: ReviewFrame[];
  events: TreeEvent[];
  /** Results that replace those of earlier frames, since another branch leads. */
  amended: { frame: number; result: EngineResult }[];
}

export interface TrackedFrameEvent {
  sessionId: string;
  runId: string;
  frame: number;
  /** The run is in its backward pass. */
  reverse: boolean;
  timeMs: number;
  /** This frame and the one the run visited before it are of different shots. */
  isCut: boolean;
  /** Frames of the clip that this run has done, and all it does; each counts once, however often it is visited. */
  done: number;
  total: number;
  /** Frames left to compute; one that is visited on the way there and on the way back is two. */
  visitsLeft: number;
  picture: EnginePlanes | null;
  results: EngineResult[];
  memory: MemoryReport;
  /** ms inside ONNX Runtime, and of the whole step in the worker. */
  timings: GraphTimings;
  workerMs: number;
}

/** What was done to an object's prompts. */
export interface EnginePrompt {
  kind: 'set' | 'cleared' | 'removed';
  objectId: number;
  frame: number;
}

/** A frame of a live source: a new one, or an earlier one that was tracked again. */
export interface LiveFrameEvent {
  sessionId: string;
  frame: number;
  timeMs: number;
  isNew: boolean;
  picture: EnginePlanes | null;
  results: EngineResult[];
  memory: MemoryReport;
  /** What the tracker took for it, ms; null where nothing was tracked. */
  processingMs: number | null;
}

export interface LiveReport {
  state: LiveState;
  /** No connection comes any more: the recording is to be made whole. */
  isOver: boolean;
}

/** What a search found up to a frame. */
export interface FoundFrameEvent {
  runId: string;
  frame: number;
  /** Frames done and to do; 0 to do on a live source, which has no end. */
  done: number;
  total: number;
  /** Tracks that are alive and confirmed, as they are known now. */
  tracks: { id: number; label: string | null; source: Found['source']; score: number; bornFrame: number }[];
  /** Of this frame, and of those before a track was confirmed. `objectId` is the track's id. */
  results: { frame: number; result: EngineResult }[];
}

export type EngineEvents = {
  /** What a live source's picture is, before its first frame. */
  liveMedia: {
    sessionId: string;
    width: number;
    height: number;
    codec: string;
    colorSpace: 'bt601' | 'bt709' | 'bt2020';
    fullRange: boolean;
    hasAudio: boolean;
  };
  liveFrame: LiveFrameEvent;
  liveReport: { sessionId: string } & LiveReport;
  /** Something went wrong that was mended in place. */
  liveFault: { sessionId: string; code: ErrorCode };
  trackedFrame: TrackedFrameEvent;
  /** A prompt was answered. ms: reading the frame, inside ONNX Runtime, of the step in the worker, and of all of it. */
  prompted: { sessionId: string; frame: number; decodeMs: number; timings: GraphTimings; workerMs: number; totalMs: number };
  /** Bytes of the file that were listed, or frames that were decoded. */
  openProgress: { sessionId: string; done: number; total: number };
  /** Bytes of a model's files that were checked; 0 of 0 while ONNX Runtime reads them, which can't be counted. */
  loadProgress: { runId: string; done: number; total: number };
  exportProgress: { runId: string; done: number; total: number };
  /** Frames when `total` is known, else ms that came so far. */
  importProgress: { runId: string; done: number; total: number };
  foundFrame: FoundFrameEvent;
  /** A search comes to these frames soon; the host answers with `findMasks`. */
  findNeeds: { runId: string; from: number; to: number };
  /** An export comes to these frames soon; the host answers with `exportMasks`. */
  exportNeeds: { runId: string; from: number; to: number };
};
