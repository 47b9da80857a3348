/** The review queue: the frames a person should look at first. */
import { z } from 'zod';

export const reviewFrameSchema = z.object({
  objectId: z.number().int().positive(),
  frame: z.number().int().nonnegative(),
  /** 0..1; 1 = the branches tell different stories, or the model cannot say whether the object is there. */
  uncertainty: z.number(),
});
export type ReviewFrame = z.infer<typeof reviewFrameSchema>;

/**
 * The most uncertain frames, each at least `spacing` frames from a more uncertain one of the same object: neighbours show the
 * same doubt, and one correction settles it. Does not depend on the order of `frames`.
 */
export const rankReview = (frames: readonly ReviewFrame[], count: number, spacing: number): ReviewFrame[] => {
  const sorted = [...frames].sort((a, b) => b.uncertainty - a.uncertainty || a.frame - b.frame || a.objectId - b.objectId);
  const queue: ReviewFrame[] = [];
  const taken = new Map<number, number[]>();
  for (const candidate of sorted) {
    if (queue.length >= count) break;
    const near = taken.get(candidate.objectId) ?? [];
    if (near.some((frame) => Math.abs(frame - candidate.frame) < spacing)) continue;
    queue.push(candidate);
    taken.set(candidate.objectId, [...near, candidate.frame]);
  }
  return queue;
};
