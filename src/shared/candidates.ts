/** Masks that the model made of one prompt, to choose from. */
import { z } from 'zod';

export const candidateMaskSchema = z.object({
  /** Its number among all that the model made. */
  index: z.number().int().min(0).max(3),
  /** Predicted IoU, 0..1. */
  predictedIou: z.number(),
  /** [height, width] of the picture, px. */
  size: z.tuple([z.number().int().positive(), z.number().int().positive()]),
  /** COCO's compressed run lengths of the mask at that size. */
  counts: z.string(),
});
export type CandidateMask = z.infer<typeof candidateMaskSchema>;
