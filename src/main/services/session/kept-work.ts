/** What a project keeps of a session beside its masks: the work as it is, and the steps that led to it. */
import type { ReviewMark } from '../../../shared/review.ts';
import type { Marks } from '../../../shared/session-state.ts';
import type { MaskRow } from '../results/mask-index.ts';
import { type Exchange, History } from './history.ts';
import type { ObjectList } from './object-list.ts';

export interface KeptWork {
  readonly objects: ObjectList;
  readonly marks: Marks;
  readonly position: number;
  /** The prompts an object had when it was last tracked, by mask key: tells which masks are stale. */
  readonly trackedWith: Readonly<Record<string, string>>;
  /** What of the review list was looked at. */
  readonly reviewed: readonly ReviewMark[];
  readonly nextId: number;
  readonly nextMaskKey: number;
}

/** Mask keys of merged objects are numbered apart from those that are their object's id. */
const firstMergedKey = 1_000_000;
export const newWork: KeptWork = {
  objects: [],
  marks: { in: null, out: null },
  position: 0,
  trackedWith: {},
  reviewed: [],
  nextId: 1,
  nextMaskKey: firstMergedKey,
};

export type MaskChange = Exchange<{ objectId: number; frame: number }, MaskRow>;

/** What a step changes, and its undo changes back. Where the user is, and what tracking made, are no part of it. */
export type WorkState = Pick<KeptWork, 'objects' | 'marks'>;

export class WorkHistory extends History<WorkState, MaskChange> {}

/** How work came to be what it is now, where that was a step of the user. */
export type WorkStep =
  | { kind: 'do'; label: string; changes: readonly MaskChange[] }
  | { kind: 'undo' | 'redo'; changes: readonly MaskChange[] };
