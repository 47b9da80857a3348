/** What the window keeps of each session it has looked at, so that a tab is as it was left. */
import type { Session } from '../../shared/contract/state.ts';
import { type FindForm, freshFindForm } from './find-form.ts';

export type ToolName = 'point' | 'box' | 'brush' | 'eraser' | 'hand';

export interface SessionView {
  /** The object that the review list, its keys and its summary are about; null = all. */
  reviewedId: number | null;
  /** The object that clicks refine. */
  selectedId: number | null;
  /** Objects selected beside it: what is done to several is done to these too. */
  alsoSelected: readonly number[];
  /** What a plain click means: 1 = the object is here, 0 = it is not. */
  promptLabel: 0 | 1;
  /** Where the user is; the picture follows. */
  playhead: number;
  /** The frame whose picture is on screen. */
  shownFrame: number;
  /** The playhead goes along with the frames being tracked. */
  isFollowing: boolean;
  tool: ToolName;
  /** Where the keyboard points in the picture, in source px; null until it does. */
  keyPointer: { x: number; y: number } | null;
  /** What the next search for objects looks for. */
  findForm: FindForm;
}

/** A session that was looked at before: its state as it was then, and the window's view of it. */
export interface LeftSession {
  session: Session | null;
  view: SessionView;
}

export const freshView: SessionView = {
  reviewedId: null,
  selectedId: null,
  alsoSelected: [],
  promptLabel: 1,
  playhead: 0,
  shownFrame: 0,
  // A clip that is already being tracked is watched, until the user moves.
  isFollowing: true,
  tool: 'point',
  keyPointer: null,
  findForm: freshFindForm,
};

export const viewOf = (state: SessionView): SessionView => ({
  reviewedId: state.reviewedId,
  selectedId: state.selectedId,
  alsoSelected: state.alsoSelected,
  promptLabel: state.promptLabel,
  playhead: state.playhead,
  shownFrame: state.shownFrame,
  isFollowing: state.isFollowing,
  tool: state.tool,
  keyPointer: state.keyPointer,
  findForm: state.findForm,
});
