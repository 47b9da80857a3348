/** What tracks objects on a stream. SAM 2 is one; another is one more line in the registry (tracker-registry.ts). */
import type { CompressedMask } from '../../../shared/prompts.ts';
import type { GraphTimings } from '../api/timings.ts';
import type { ObjectFrameResult } from '../tracking/tracker-core.ts';

export interface TrackerFrame {
  frame: number;
  /** RGB, [S, S, 3]. */
  model: Uint8Array;
}

/** An object that is there from the first frame on. */
export interface TrackerPrompt {
  objectId: number;
  /** At the source's size. */
  mask: CompressedMask;
}

export interface TrackingResult {
  frameNumber: number;
  /** Of the objects that were asked for, as logits of the model. */
  masks: ObjectFrameResult[];
  tracks: { id: number; score: number; isPresent: boolean }[];
  /** Objects that are on the frame. */
  objectCount: number;
  /** Of the tracker alone, ms; waiting for its turn is no part of it. */
  processingMs: number;
  timings: GraphTimings;
}

export interface TrackerStatus {
  name: string;
  isInitialised: boolean;
  framesDone: number;
  /** Mean of the last frames, ms; null before the first. */
  processingMs: number | null;
}

export interface StreamTracker {
  readonly name: string;
  /** Several objects of a frame cost less together than one by one. */
  readonly supportsBatching: boolean;
  readonly status: TrackerStatus;
  /**
   * Begins, or begins anew with nothing known.
   * @param picture size of the source, px
   * @param first a frame with objects on it
   */
  initialise(picture: { width: number; height: number }, first?: { frame: TrackerFrame; prompts: readonly TrackerPrompt[] }): Promise<void>;
  /** Prompts have changed: they count from the next frame on. @returns the frames each object was prompted on */
  takePrompts(): Promise<{ id: number; conditioning: number[] }[]>;
  /** @throws AppError `session-unknown` before {@link initialise}, `inference-failed`, `out-of-memory` */
  processFrame(frame: TrackerFrame, objectIds: number[]): Promise<TrackingResult>;
  /** Lets go of all it holds; it may be initialised again. */
  cleanUp(): Promise<void>;
}
