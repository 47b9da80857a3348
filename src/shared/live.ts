/**
 * A source that goes on while it is looked at: a camera or a stream. Its frames are recorded whole, and kept for a
 * while as they are (the buffer), so that the live picture can be paused, clicked and tracked. When it ends, the
 * recording is a clip like any other, with everything that was made live.
 */
import { z } from 'zod';
import { serializedErrorSchema } from './serialized-error.ts';

const frameNumber = z.number().int().nonnegative();

/**
 * Where the pictures come from: an address; a camera of the machine that runs the engine; or a window of this app that
 * sends the recording of its own camera (WebM, in pieces).
 */
export const liveSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('network'), url: z.string().min(1).max(2000) }),
  z.object({ kind: z.literal('camera'), deviceId: z.string().min(1).max(500) }),
  z.object({ kind: z.literal('window'), name: z.string().max(300) }),
]);
export type LiveSource = z.infer<typeof liveSourceSchema>;

/** What a stream may have beside these: a file of this machine, sent at its own pace as a camera would. */
export const playedSourceSchema = z.discriminatedUnion('kind', [
  ...liveSourceSchema.options,
  z.object({ kind: z.literal('file'), path: z.string().min(1).max(4096), repeats: z.boolean().default(false) }),
]);
export type PlayedSource = z.infer<typeof playedSourceSchema>;

/** A camera that the engine can open by itself. */
export const liveCameraSchema = z.object({ deviceId: z.string(), name: z.string() });
export type LiveCamera = z.infer<typeof liveCameraSchema>;

/**
 * connecting: no picture came yet. live: pictures come. stalled: none came for a while, the connection stands.
 * reconnecting: the connection broke and is tried again. ending: it was stopped, the recording is being made whole.
 * failed: it is given up; what came is kept.
 */
const livePhases = ['connecting', 'live', 'stalled', 'reconnecting', 'ending', 'failed'] as const;
export type LivePhase = (typeof livePhases)[number];

/** Of a session whose source is live. */
export const liveStateSchema = z.object({
  phase: z.enum(livePhases),
  /** The source without name and password. */
  title: z.string(),
  /** How often the connection was tried since it last stood; 0 while it stands. */
  attempt: z.number().int().nonnegative(),
  /** ms until the next try, at the time of this state; null when none is waited for. */
  retryInMs: z.number().nonnegative().nullable(),
  /** Why it is not live. */
  problem: serializedErrorSchema.nullable(),
  /** The frames that can be shown, clicked and gone back to, inclusive; null before the first picture. */
  buffer: z.object({ from: frameNumber, to: frameNumber }).nullable(),
  /** Objects with prompts are followed on every new frame. */
  isTracking: z.boolean(),
  /** Frames that came and were recorded, but not shown or tracked, because the model was not ready for them. */
  dropped: z.number().int().nonnegative(),
  /** Frames a second that come, and that are shown and tracked. */
  sourceFps: z.number().nonnegative().nullable(),
  shownFps: z.number().nonnegative().nullable(),
  /** From a frame's arrival at the engine to its result, ms. */
  latencyMs: z.number().nonnegative().nullable(),
  /** How long the recording is, ms, and its size on the disk. */
  recordedMs: z.number().nonnegative(),
  recordedBytes: z.number().nonnegative(),
});
export type LiveState = z.infer<typeof liveStateSchema>;
