/**
 * How an object's memory is kept while it is tracked: one path as SAM 2 does, or the memory tree of SAM2Long
 * (docs/memory-tree.md says which setting changes which rule).
 */
import { z } from 'zod';

export const memoryPolicyNames = ['none', 'sam2long', 'samurai', 'dam4sam'] as const;
export type MemoryPolicyName = (typeof memoryPolicyNames)[number];

export const memorySettingsSchema = z.object({
  /** One path, or several that compete. */
  mode: z.enum(['single', 'tree']).default('single'),
  /**
   * "exact" is SAM2Long to the letter; "live" also prunes, merges, weights recent scores more and boosts key frames.
   */
  variant: z.enum(['exact', 'live']).default('live'),
  /**
   * The memory policy: which frames become memories and how a candidate is rated. "auto" is none for one path and
   * SAM2Long's for the tree.
   */
  gate: z.enum(['auto', ...memoryPolicyNames]).default('auto'),
  /** Paths kept per object. */
  maxBranches: z.number().int().min(1).max(8).default(3),
  /** Mask IoU from which two branches tell the same story; after three such frames they are merged. 1 = never. */
  consistencyThreshold: z.number().min(0).max(1).default(0.9),
  /** A branch whose score is under this share of the best one's is dropped. 0 = never. */
  pruneRatio: z.number().min(0).max(1).default(0.5),
  /** Weight of the score so far for each new frame; 1 = all frames count the same. */
  scoreDecay: z.number().min(0.5).max(1).default(0.9),
  /** Factor on the predicted IoU of a key frame (IoU of at least 0.9, object surely present). 1 = none. */
  keyFrameBoost: z.number().min(1).max(2).default(1.2),
  /** Frames behind the newest that a branch can still be redrawn on. */
  history: z.number().int().min(1).max(1000).default(30),
  /** When the best branch switches, at most this many frames back are amended. */
  amendLag: z.number().int().min(0).max(1000).default(15),
  /** A frame is uncertain when no path's object logit is farther from 0 than this. */
  uncertaintyLogit: z.number().min(0).max(20).default(2),
  /** Predicted IoU above which a frame of a path may become a memory. */
  memoryQuality: z.number().min(0).max(1).default(0.3),
});
export type MemorySettings = z.infer<typeof memorySettingsSchema>;

/** One path, as SAM 2. */
export const defaultMemorySettings: MemorySettings = memorySettingsSchema.parse({});

/** The policy at work: "auto" resolved. */
export const policyOf = ({ gate, mode }: Pick<MemorySettings, 'gate' | 'mode'>): MemoryPolicyName =>
  gate === 'auto' ? (mode === 'tree' ? 'sam2long' : 'none') : gate;

/** One path is a tree that never branches. */
export const branchesOf = ({ mode, maxBranches }: Pick<MemorySettings, 'mode' | 'maxBranches'>): number =>
  mode === 'single' ? 1 : maxBranches;

/** True when plain SAM 2 does: one path and every frame a memory. */
export const isPlainSam2 = (settings: Pick<MemorySettings, 'gate' | 'mode'>): boolean =>
  settings.mode === 'single' && policyOf(settings) === 'none';
