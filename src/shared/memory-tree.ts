/** What happens in an object's memory tree, as data: for results.json, the counters and the panel. */
import { z } from 'zod';
import { memorySettingsSchema } from './memory-settings.ts';

const frame = z.number().int().nonnegative();
const branch = z.number().int().nonnegative();
const base = { objectId: z.number().int().positive(), frame };

const branchScoreSchema = z.object({
  branch,
  /** ln scale, 0 = the best branch of the frame. */
  score: z.number(),
  /** Predicted IoU on this frame, 0..1. */
  iou: z.number(),
  objectLogit: z.number(),
});
export type BranchScore = z.infer<typeof branchScoreSchema>;

export const treeEventSchema = z.discriminatedUnion('type', [
  /** A branch begins: beside its parent, or as a root (parent null) at a prompted frame or where tracking set in. */
  z.object({ type: z.literal('spawned'), ...base, branch, parent: branch.nullable(), score: z.number() }),
  /** Told while more than one branch lives: all of them, best first. */
  z.object({ type: z.literal('scored'), ...base, scores: z.array(branchScoreSchema) }),
  /** Another branch leads; frames from `amendedFrom` up to (or, backward, down to) this one now show its masks. */
  z.object({ type: z.literal('switched'), ...base, from: branch, to: branch, amendedFrom: frame }),
  /**
   * A branch ends, on its last frame: others score more, far more, the user said otherwise, or a new tree was planted.
   */
  z.object({ type: z.literal('pruned'), ...base, branch, reason: z.enum(['outscored', 'ratio', 'correction', 'replanted']) }),
  z.object({ type: z.literal('merged'), ...base, branch, into: branch, agreement: z.number() }),
]);
export type TreeEvent = z.infer<typeof treeEventSchema>;

export const treeCountersSchema = z.object({
  spawned: z.number().int(),
  scored: z.number().int(),
  switched: z.number().int(),
  pruned: z.number().int(),
  merged: z.number().int(),
  amendedFrames: z.number().int(),
});
export type TreeCounters = z.infer<typeof treeCountersSchema>;

export const noTreeEvents = (): TreeCounters => ({ spawned: 0, scored: 0, switched: 0, pruned: 0, merged: 0, amendedFrames: 0 });

/** What a client mirrors of a clip's memory; the events themselves are asked for with `tree.get`. */
export const sessionMemorySchema = z.object({
  settings: memorySettingsSchema,
  /** Of all that was told since the work on the clip began. */
  counters: treeCountersSchema,
  /** The newest switches of the best branch, by frame. */
  switches: z.array(z.object(base)),
  /** Changes when there are new events. */
  revision: z.number().int().nonnegative(),
});
export type SessionMemory = z.infer<typeof sessionMemorySchema>;
