/** What "Find objects" is told, and what it finds. */
import { z } from 'zod';
import { boxSchema } from './prompts.ts';

/** Where proposals come from. `detector` is followed by the grid, for what the detector has no name for. */
export const promptStrategies = ['detector', 'grid', 'motion', 'hybrid'] as const;

export const discoverySettingsSchema = z.object({
  strategy: z.enum(promptStrategies).default('detector'),
  /** Names of classes that are wanted, in lower case; null: everything. With classes the detector alone proposes. */
  classes: z.array(z.string().min(1).max(100)).max(1000).nullable().default(null),
  /** Points of a side of the grid. */
  density: z.number().int().min(4).max(64).default(16),
  /** Frames from one look to the next; what was found is tracked on every frame. */
  interval: z.number().int().min(1).max(1000).default(8),
  /** Source px of a picture of 1280 x 720; scaled with the area of the picture. */
  minArea: z.number().min(0).max(921_600).default(1000),
  /** Objects that are seen on fewer frames are dropped. */
  minFrames: z.number().int().min(1).max(100_000).default(3),
  /** Most objects at a time. */
  maxObjects: z.number().int().min(1).max(64).default(8),
  /** Change of brightness that counts as motion, 0..255. */
  motionThreshold: z.number().min(1).max(255).default(25),
  /** Shares of the budget, for `hybrid`. */
  weights: z
    .object({ detector: z.number().min(0).max(100), motion: z.number().min(0).max(100), grid: z.number().min(0).max(100) })
    .default({ detector: 2, motion: 1, grid: 1 }),
  /** Objects are looked for in these boxes alone, in source px; none: everywhere. */
  include: z.array(boxSchema).max(100).default([]),
  /** Nothing is looked for here. */
  exclude: z.array(boxSchema).max(100).default([]),
});
export type DiscoverySettings = z.infer<typeof discoverySettingsSchema>;
export const defaultDiscovery: DiscoverySettings = discoverySettingsSchema.parse({});

/** How an object was found. */
export const foundSchema = z.object({
  /** A detector's class, by the most votes; null without any. */
  label: z.string().nullable(),
  source: z.enum(['detector', 'motion', 'grid']),
  /** Predicted IoU of its first mask. */
  score: z.number(),
  /** Nobody has kept, renamed, prompted or protected it since. */
  isAuto: z.boolean(),
  /** Where it is seen best, for its picture in lists. */
  place: z.object({ frame: z.number().int().nonnegative(), box: boxSchema }).optional(),
});
export type Found = z.infer<typeof foundSchema>;
