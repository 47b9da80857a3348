/** A job: what is done to a clip, as a file that the same work is repeated from on many clips. */
import { z } from 'zod';
import { trackDirectionSchema } from './contract/tracking.ts';
import { discoverySettingsSchema } from './discovery.ts';
import { exportChoiceSchema } from './export-choice.ts';
import { memorySettingsSchema } from './memory-settings.ts';
import { boxSchema, maskSchema, pointSchema } from './prompts.ts';

export const jobVersion = 1;

/** What is said of an object on one frame: points with at most one box, or a mask. */
const jobPromptSchema = z
  .strictObject({
    /** The first frame is 0. */
    frame: z.number().int().nonnegative(),
    points: z.array(pointSchema).default([]),
    box: boxSchema.nullable().default(null),
    /**
     * A PNG of the clip's size (pixels that are not black and not transparent are the object), or run lengths in COCO's
     * form.
     */
    mask: z
      .union([z.string().min(1), maskSchema])
      .nullable()
      .default(null),
  })
  .refine(({ points, box, mask }) => (mask === null) !== (points.length === 0 && box === null), {
    error: 'needs points or a box, or else a mask',
  });
export type JobPrompt = z.infer<typeof jobPromptSchema>;

export const jobObjectSchema = z.strictObject({
  /** By default "Object 1" and so on. */
  name: z.string().min(1).max(200).nullable().default(null),
  prompts: z.array(jobPromptSchema).min(1),
});
export type JobObject = z.infer<typeof jobObjectSchema>;

/** Where a clip's objects are from. */
const jobSourceSchema = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('prompts'), objects: z.array(jobObjectSchema).min(1) }),
  /** Objects are found by themselves. */
  z.strictObject({ from: z.literal('find'), settings: discoverySettingsSchema.prefault({}) }),
  /** The objects and prompts of a project, on clips that begin the same way. */
  z.strictObject({ from: z.literal('project'), path: z.string().min(1) }),
  /** A table with the columns clip, object, frame, prompt, value: each clip has its own prompts. */
  z.strictObject({ from: z.literal('csv'), path: z.string().min(1) }),
]);

export const jobSchema = z.strictObject({
  version: z.literal(jobVersion),
  source: jobSourceSchema,
  direction: trackDirectionSchema.default('forward'),
  /** As `--model` takes it; null: the app's default. */
  model: z.string().min(1).nullable().default(null),
  /** null: as the model's card says. */
  memory: memorySettingsSchema.nullable().default(null),
  exports: exportChoiceSchema
    .pick({ coco: true, csv: true, formats: true, overlays: true })
    .extend({
      video: z.boolean().default(true),
      masks: z.boolean().default(true),
      /** results.json, which the summary of a batch is made from. */
      json: z.boolean().default(true),
      /** contact-sheet.png, which the summary shows. */
      contactSheet: z.boolean().default(true),
    })
    .strict()
    .prefault({}),
});
export type Job = z.infer<typeof jobSchema>;
/** A job as it is written: what has a default may be left out. */
export type JobInput = z.input<typeof jobSchema>;
