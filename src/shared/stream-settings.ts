/**
 * Settings of streams that run by themselves: rows of the table in settings.ts. The configuration of a stream may say
 * otherwise.
 */
import { z } from 'zod';

/** Heights a stream may be worked on at, px. */
const heights = [480, 720, 1080, 1440, 2160] as const;

export const streamSettings = {
  'stream.tracker': {
    schema: z.enum(['sam2_realtime']),
    kind: 'choice',
    choices: [{ value: 'sam2_realtime', label: 'SAM 2' }],
    group: 'Streams',
    title: 'Tracker of streams',
    effect: 'What follows the objects of a stream.',
    default: 'sam2_realtime',
    keywords: 'stream tracker kind',
    variable: 'VIDEO_TRACKER_TYPE',
  },
  'stream.targetFps': {
    schema: z.number().int().min(1).max(60),
    kind: 'number',
    group: 'Streams',
    title: 'Target rate of streams',
    effect: 'Frames a second that a stream of the balanced profile decodes and tracks. More need a faster machine.',
    default: 15,
    unit: 'frames/s',
    min: 1,
    max: 60,
    step: 1,
    keywords: 'stream fps rate speed target',
    profiles: { performance: 25, balanced: 15, quality: 10 },
    variable: 'TARGET_FPS',
  },
  'stream.analysisHeight': {
    schema: z.literal(heights),
    kind: 'choice',
    choices: heights.map((value) => ({ value, label: `${value} px` })),
    group: 'Streams',
    title: 'Analysis height of streams',
    effect:
      'Height of the pictures that a stream of the balanced profile is tracked on; the width follows. Masks are in pixels of the source.',
    default: 720,
    unit: 'px',
    keywords: 'stream processing resolution size height',
    profiles: { performance: 480, balanced: 720, quality: 1080 },
    variable: 'PROCESSING_RESOLUTION',
  },
  'stream.staleSeconds': {
    schema: z.number().int().min(1).max(3600),
    kind: 'number',
    group: 'Streams',
    title: 'Stream counts as stale',
    effect: 'After so long without a frame a stream counts as stale.',
    default: 30,
    unit: 's',
    min: 1,
    max: 3600,
    step: 1,
    keywords: 'stream silent timeout stale',
    variable: 'STREAM_STALE_TIMEOUT_SECONDS',
  },
  'stream.cleanupSeconds': {
    schema: z.number().int().min(1).max(86_400),
    kind: 'number',
    group: 'Streams',
    title: 'Stream is parked',
    effect: 'After so long without a frame a stream gives back its memory. The app goes on trying to connect.',
    default: 120,
    unit: 's',
    min: 1,
    max: 86_400,
    step: 1,
    keywords: 'stream cleanup timeout parked memory',
    variable: 'STREAM_CLEANUP_TIMEOUT_SECONDS',
  },
  'live.bufferFrames': {
    schema: z.number().int().min(1).max(10_000),
    kind: 'number',
    group: 'Streams',
    title: 'Buffer of streams',
    effect: 'How many of the last pictures of a stream are kept for looking back. "Live buffer" limits their memory.',
    default: 30,
    unit: 'frames',
    min: 1,
    max: 10_000,
    step: 1,
    keywords: 'stream ring buffer frames look back',
    variable: 'VIDEO_BUFFER_SIZE',
  },
} as const;
