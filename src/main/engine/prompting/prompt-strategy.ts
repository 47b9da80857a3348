/** What every strategy is: asked for places on a frame that may be objects, it answers with proposals, best first. */

import type { BoxEdges } from '../../common/box-iou.ts';
import type { Detection } from '../detect/suppress.ts';
import type { GridMask } from './grid-mask.ts';
import type { LumaPicture } from './luma-picture.ts';
import type { ProbeMemory } from './probe-memory.ts';

type ProposalSource = 'detector' | 'motion' | 'grid';

/** A prompt to try. */
export interface Proposal {
  source: ProposalSource;
  /** The prompt itself, or the field around a point. */
  box: BoxEdges;
  /** [x, y] in shares of the picture; null where the box is the prompt. */
  point: readonly [number, number] | null;
  /** Names a grid cell, for the memory of probes. */
  key: string | null;
  /** What a detector says it is. */
  label: { name: string; score: number } | null;
}

export interface FrameView {
  frame: number;
  picture: LumaPicture;
  /** What is tracked already, on the logit grid: no need to look there. */
  covered: GridMask;
  /** Where objects are wanted; null: everywhere. */
  region: GridMask | null;
  /** Of a detector on this frame; null without one. */
  detections: readonly (Detection & { name: string })[] | null;
  /** Boxes of what is tracked, in shares of the picture: a detection of the same box needs no prompt. */
  trackedBoxes: readonly BoxEdges[];
  memory: ProbeMemory;
}

export interface PromptStrategy {
  /** Sees every frame, whether proposals are wanted or not. */
  observe(picture: LumaPicture): void;
  /** At most `budget` proposals, best first. The same frames give the same proposals. */
  propose(view: FrameView, budget: number): Proposal[];
}

/** The cell of the logit grid at a place. */
export const cellAt = (size: number, x: number, y: number): number => {
  const cell = (share: number): number => Math.min(size - 1, Math.max(0, Math.floor(share * size)));
  return cell(y) * size + cell(x);
};

/** Nothing is wanted at a place that is tracked, or outside of the region. */
export const isOpen = ({ covered, region }: Pick<FrameView, 'covered' | 'region'>, x: number, y: number): boolean => {
  const cell = cellAt(covered.size, x, y);
  return !covered.has(cell) && (region === null || region.has(cell));
};
