/** The review queue: the frames a person should look at first. */
import { z } from 'zod';

export const reviewFrameSchema = z.object({
  objectId: z.number().int().positive(),
  frame: z.number().int().nonnegative(),
  /** 0..1; 1 = the branches tell different stories, or the model cannot say whether the object is there. */
  uncertainty: z.number(),
});
export type ReviewFrame = z.infer<typeof reviewFrameSchema>;

/** Frames of one object in the queue lie at least this far apart: neighbours show the same doubt. */
export const reviewSpacing = 8;
/** How far a correction is felt, as a share of the frames at hand, within bounds. */
const reachShare = 1 / 12;
const leastReach = 8;
const mostReach = 100;

/**
 * The frames whose correction promises most, best first: the most uncertain ones, worth less the nearer they lie to a prompt or to a
 * frame that is in the queue already (1 - e^(-distance / reach)), since a correction settles its neighbourhood. Does not
 * depend on the order of `frames`.
 * @param prompted frames with prompts, by object
 */
export const rankReview = (
  frames: readonly ReviewFrame[],
  count: number,
  prompted: ReadonlyMap<number, Iterable<number>> = new Map(),
): ReviewFrame[] => {
  const sorted = [...frames].sort((a, b) => b.uncertainty - a.uncertainty || a.frame - b.frame || a.objectId - b.objectId);
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { frame } of sorted) [first, last] = [Math.min(first, frame), Math.max(last, frame)];
  const reach = Math.min(mostReach, Math.max(leastReach, (last - first + 1) * reachShare));
  const nearest = sorted.map(({ objectId, frame }) => {
    let distance = Number.POSITIVE_INFINITY;
    for (const other of prompted.get(objectId) ?? []) distance = Math.min(distance, Math.abs(other - frame));
    return distance;
  });
  const queue: ReviewFrame[] = [];
  while (queue.length < count) {
    let best = -1;
    let bestWorth = 0;
    sorted.forEach(({ uncertainty }, at) => {
      if (nearest[at]! < reviewSpacing) return;
      const worth = uncertainty * (1 - Math.exp(-nearest[at]! / reach));
      if (worth > bestWorth) [best, bestWorth] = [at, worth];
    });
    if (best < 0) break;
    const chosen = sorted[best]!;
    queue.push(chosen);
    sorted.forEach(({ objectId, frame }, at) => {
      if (objectId === chosen.objectId) nearest[at] = Math.min(nearest[at]!, Math.abs(frame - chosen.frame));
    });
  }
  return queue;
};
