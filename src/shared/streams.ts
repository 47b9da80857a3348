/**
 * Streams: sources that are configured once and run by themselves for weeks, whether somebody looks or not. A session
 * is what a person works on; viewing a stream shows the session of its present chapter.
 */
import { z } from 'zod';
import { liveSourceSchema, playedSourceSchema } from './live.ts';
import { boxSchema, pointSchema } from './prompts.ts';
import { profileNames } from './settings.ts';

const [networkSource, cameraSource] = liveSourceSchema.options;
const fileSource = playedSourceSchema.options[3];

/** An address, a camera of the machine that runs the engine, or a file that is played at its own pace. */
const streamSourceSchema = z.discriminatedUnion('kind', [networkSource, cameraSource, fileSource]);

/** Heights a stream may be worked on at, px; the width follows. */
export const analysisHeights = [480, 720, 1080, 1440, 2160] as const;
export type AnalysisHeight = (typeof analysisHeights)[number];

/** What is done to a picture before the model sees it. */
export const enhancerNames = ['denoise', 'sharpen', 'low-light'] as const;
export type EnhancerName = (typeof enhancerNames)[number];

/** An object that a stream begins with, prompted on its first frame, in source px. */
const firstObjectSchema = z
  .strictObject({
    name: z.string().min(1).max(100),
    points: z.array(pointSchema).max(100).default([]),
    box: boxSchema.nullable().default(null),
  })
  .refine(({ points, box }) => points.length > 0 || box !== null, 'give "points" or a "box"');

const retentionSchema = z.strictObject({
  /** Days a chapter is kept; null: no limit. */
  days: z.number().positive().max(3650).nullable().default(7),
  /** Gigabytes of chapters that are kept; null: no limit. */
  gigabytes: z.number().positive().max(100_000).nullable().default(20),
});

/** What a profile sets where a stream says nothing itself. */
export const streamProfiles = {
  performance: { targetFps: 25, analysisHeight: 480 },
  balanced: { targetFps: 15, analysisHeight: 720 },
  quality: { targetFps: 10, analysisHeight: 1080 },
} as const satisfies Record<(typeof profileNames)[number], { targetFps: number; analysisHeight: AnalysisHeight }>;

export const streamConfigSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  source: streamSourceSchema,
  profile: z.enum(profileNames).default('balanced'),
  retention: retentionSchema.prefault({}),
  isPaused: z.boolean().default(false),
  /** Frames a second that are decoded and tracked; null: as the profile says. */
  targetFps: z.number().min(1).max(60).nullable().default(null),
  /** null: as the profile says. */
  analysisHeight: z.literal(analysisHeights).nullable().default(null),
  enhance: z.array(z.enum(enhancerNames)).max(enhancerNames.length).default([]),
  /** Does less while the machine is too slow, and more again when it is not. */
  isAdaptive: z.boolean().default(false),
  /** Minutes until the recording, the numbers and the stores begin anew. */
  chapterMinutes: z.number().min(0.05).max(1440).default(60),
  objects: z.array(firstObjectSchema).max(64).default([]),
});
export type StreamConfig = z.infer<typeof streamConfigSchema>;

export const streamIdSchema = z.uuid();

/**
 * starting: no frame yet. active: frames come. stale: none for 30 s. parked: none for 120 s; nothing is held for it and
 * its source is tried without end. paused: by the user. ended: a file that was played to its end. failed: the source
 * refuses (a wrong password, no such camera); it is tried again after a while.
 */
const streamPhases = ['starting', 'active', 'stale', 'parked', 'paused', 'ended', 'failed'] as const;

/** A stream as every client mirrors it: under 1 KB, whatever its age. */
export const streamStateSchema = z.object({
  id: streamIdSchema,
  name: z.string(),
  /** The source without name and password. */
  title: z.string().max(200),
  phase: z.enum(streamPhases),
  /** The session of the present chapter; null while there is none. */
  sessionId: z.uuid().nullable(),
  isViewed: z.boolean(),
  /** The newest frame that can be shown; null: there is none. */
  frame: z.number().int().nonnegative().nullable(),
  objects: z.number().int().nonnegative(),
  fps: z.number().nonnegative().nullable(),
  targetFps: z.number().positive(),
  latencyMs: z.number().nonnegative().nullable(),
  dropped: z.number().int().nonnegative(),
  /** Since the app was started. */
  faults: z.number().int().nonnegative(),
  reconnects: z.number().int().nonnegative(),
  lastFault: z.object({ code: z.string(), message: z.string().max(300), atMs: z.number() }).nullable(),
  /** Of the last results: ms since they were made, where new ones are due; null: they are up to date. */
  staleMs: z.number().nonnegative().nullable(),
  chapter: z.number().int().nonnegative(),
  chapterMs: z.number().nonnegative(),
  recordedBytes: z.number().nonnegative(),
  /** What automatic quality does less of, and why; null: nothing. */
  governed: z.string().max(200).nullable(),
});
export type StreamState = z.infer<typeof streamStateSchema>;

/** A closed chapter on the disk. */
export const chapterSchema = z.object({
  id: z.string().min(1).max(100),
  number: z.number().int().nonnegative(),
  /** ms since 1970. */
  beganAtMs: z.number(),
  endedAtMs: z.number(),
  bytes: z.number().nonnegative(),
  objects: z.number().int().nonnegative(),
});
export type Chapter = z.infer<typeof chapterSchema>;
