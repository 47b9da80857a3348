/** What the tracker holds of one object. */

import type { TreeEvent } from '../../../shared/memory-tree.ts';
import type { TrackerConstants } from './constants.ts';
import { type FrameOutput, MemoryBank } from './memory-bank.ts';
import type { PointPrompt } from './point-prompt.ts';
import { TrackedFrames } from './tracked-frames.ts';
import type { MemoryTree } from './tree/memory-tree.ts';

export interface ObjectState {
  readonly id: number;
  readonly bank: MemoryBank;
  readonly points: Map<number, PointPrompt>;
  /** Outputs of prompted frames that enter the bank when propagation starts (rule 14). */
  readonly pendingConditioning: Map<number, FrameOutput>;
  readonly pendingOther: Map<number, FrameOutput>;
  readonly tracked: TrackedFrames;
  /** Its memory tree while one grows; the bank then mirrors the best path, for corrections. */
  tree: MemoryTree | null;
  /** Number of its next branch. */
  nextBranch: number;
  /** Ends of branches that its next result tells. */
  ended: TreeEvent[];
}

/** @param history frames behind the newest that the bank keeps complete */
export const newObjectState = (id: number, constants: TrackerConstants, history: number): ObjectState => ({
  id,
  bank: new MemoryBank(constants, history),
  points: new Map(),
  pendingConditioning: new Map(),
  pendingOther: new Map(),
  tracked: new TrackedFrames(),
  tree: null,
  nextBranch: 0,
  ended: [],
});

/** What its branches believed gives way: to the user's word, or to a new tree. */
export const endTree = (object: ObjectState, reason: 'correction' | 'replanted'): void => {
  if (object.tree) object.ended.push(...object.tree.ended(reason));
  object.tree = null;
};

/**
 * Moves pending prompts into the bank (the official preflight). Every path attends to them, so none goes on as it was.
 */
export const startPropagation = (object: ObjectState): void => {
  const { bank, pendingConditioning, pendingOther } = object;
  if (pendingConditioning.size > 0) endTree(object, 'correction');
  for (const [frame, output] of pendingOther) bank.recent.set(frame, output);
  for (const [frame, output] of pendingConditioning) bank.conditioning.set(frame, output);
  pendingOther.clear();
  pendingConditioning.clear();
  for (const frame of bank.conditioning.keys()) bank.recent.delete(frame);
};

/** Removes the prompts on a frame; its output there becomes an ordinary one (rule 29). */
export const clearPrompts = (object: ObjectState, frame: number): void => {
  object.points.delete(frame);
  object.pendingConditioning.delete(frame);
  object.pendingOther.delete(frame);
  const output = object.bank.conditioning.get(frame);
  if (output) {
    endTree(object, 'correction');
    object.bank.conditioning.delete(frame);
    object.bank.recent.set(frame, output);
    object.tracked.delete(frame);
  }
};
