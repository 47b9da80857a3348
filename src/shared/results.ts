/** results.json: what the tracker found, per frame and object. */
import { z } from 'zod';
import { memorySettingsSchema } from './memory-settings.ts';
import { treeCountersSchema, treeEventSchema } from './memory-tree.ts';
import { reviewEntrySchema } from './review.ts';
import { reviewFrameSchema } from './review-queue.ts';

/** Files of earlier versions name object, frame and uncertainty alone. */
const resultsReviewSchema = reviewFrameSchema
  .extend(reviewEntrySchema.omit({ isDone: true }).partial().shape)
  .required({ objectId: true, frame: true, uncertainty: true });

export const resultsSchema = z.object({
  schema: z.literal(1),
  generator: z.string(),
  source: z.object({
    name: z.string(),
    width: z.number().int(),
    height: z.number().int(),
    frameCount: z.number().int(),
    timeBase: z.object({ num: z.number().int(), den: z.number().int() }),
  }),
  model: z.object({ id: z.string(), version: z.string(), imageSize: z.number().int() }),
  objects: z.array(z.object({ id: z.number().int(), name: z.string(), color: z.string() })),
  /** How objects were remembered, what happened in their memory trees in all, and what deserves a look, worst first. */
  memory: z.object({ settings: memorySettingsSchema, counters: treeCountersSchema, review: z.array(resultsReviewSchema) }),
  /** True when the work was cancelled or failed before its last frame. */
  partial: z.boolean(),
  frames: z.array(
    z.object({
      frame: z.number().int(),
      timeMs: z.number(),
      /** Presentation time in ticks of source.timeBase. */
      pts: z.number().int(),
      /** File name of the picture, of a clip that was made of pictures. */
      picture: z.string().optional(),
      objects: z.array(
        z.object({
          id: z.number().int(),
          /** COCO RLE, compressed counts, size [height, width]. */
          rle: z.object({ size: z.tuple([z.number().int(), z.number().int()]), counts: z.string() }),
          /** [x, y, width, height] in source pixels, or null for an empty mask. */
          box: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable(),
          area: z.number().int(),
          /** Predicted IoU of the mask, 0..1. */
          score: z.number(),
          /** > 0: the object is in the frame. */
          objectLogit: z.number(),
          prompted: z.boolean(),
        }),
      ),
      /** What happened in the objects' memory trees on this frame; absent when nothing did. */
      events: z.array(treeEventSchema).optional(),
    }),
  ),
});
export type Results = z.infer<typeof resultsSchema>;
