/** What a user says about an object on one frame. Coordinates are pixels of the source frame, origin top left. */
import { z } from 'zod';

export const pointSchema = z.object({
  x: z.number().finite(),
  y: z.number().finite(),
  /** 1 = the object is here, 0 = it is not. */
  label: z.union([z.literal(0), z.literal(1)]),
});
export type PromptPoint = z.infer<typeof pointSchema>;

export const boxSchema = z.object({
  x: z.number().finite(),
  y: z.number().finite(),
  width: z.number().positive(),
  height: z.number().positive(),
});
export type Box = z.infer<typeof boxSchema>;

/** A mask as COCO text at the source's size. */
export const maskSchema = z.object({ size: z.tuple([z.number().int().positive(), z.number().int().positive()]), counts: z.string() });
export type CompressedMask = z.infer<typeof maskSchema>;

/**
 * All prompts of one object on one frame. Points (with at most one box) and a mask exclude each other: setting one
 * replaces the other (rule 4).
 */
export const framePromptSchema = z.object({
  frame: z.number().int().nonnegative(),
  points: z.array(pointSchema).default([]),
  box: boxSchema.nullable().default(null),
  mask: maskSchema.nullable().default(null),
  /** Which of the model's masks was chosen for the points, 0..3; absent = the best one. */
  candidate: z.number().int().min(0).max(3).optional(),
});
export type FramePrompt = z.infer<typeof framePromptSchema>;

export const isEmptyPrompt = (prompt: FramePrompt): boolean => prompt.points.length === 0 && prompt.box === null && prompt.mask === null;
