/** How objects are hidden in an exported video. */
import { z } from 'zod';

/**
 * `solid`: one colour. `pixelate` and `blur`: a mosaic of the object as it looked on its first frame, which moves with
 * it; later frames add nothing to it, so that many frames tell no more than one.
 */
export const redactionStyles = ['solid', 'pixelate', 'blur'] as const;

export const redactionSchema = z.object({
  style: z.enum(redactionStyles).default('solid'),
  /** The chosen objects are hidden, or everything but them. */
  hides: z.enum(['objects', 'everything-else']).default('objects'),
  /** Masks are grown by so many px on all sides (for `everything-else`, what stays visible shrinks by it). */
  margin: z.number().int().min(0).max(500).default(8),
  /** Where an object is unsure or lost, the sure masks of up to so many frames before and after hide it. */
  carry: z.number().int().min(0).max(10_000).default(25),
  keepsSound: z.boolean().default(true),
});
export type Redaction = z.infer<typeof redactionSchema>;

/** redaction.json: what was hidden, and what a person has to look at. */
export const redactionReportSchema = z.object({
  schema: z.literal(1),
  generator: z.string(),
  /** sha256 of the clip, of the settings as they stand here, and of the video. */
  source: z.object({ name: z.string(), sha256: z.string() }),
  settings: z.object({ sha256: z.string(), value: redactionSchema }),
  output: z.object({ name: z.string(), sha256: z.string() }),
  frames: z.object({ from: z.number().int(), to: z.number().int() }),
  objects: z.array(
    z.object({
      id: z.number().int(),
      name: z.string(),
      /** Inclusive ranges of frames on which it is hidden. */
      hidden: z.array(z.tuple([z.number().int(), z.number().int()])),
      /**
       * Of these, those where masks of other frames hide it since it was unsure or lost: somebody has to look at them.
       */
      carried: z.array(z.tuple([z.number().int(), z.number().int()])),
      /** It has no mask here, and none near enough: it may be gone, or in the open. */
      open: z.array(z.tuple([z.number().int(), z.number().int()])),
    }),
  ),
  /** Nobody has to look at anything. */
  isReviewed: z.boolean(),
});
export type RedactionReport = z.infer<typeof redactionReportSchema>;
