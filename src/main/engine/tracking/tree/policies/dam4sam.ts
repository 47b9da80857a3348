/**
 * DAM4SAM's distractor-aware memory (arXiv 2411.17576, section 3; rule G2). Two halves of three frames: recent
 * appearances (the frame before, and every fifth one), never with an empty mask; and anchors, frames segmented well
 * while one of the other candidates covered something else as well: they show the distractor beside the object.
 *
 * Anchors carry no temporal code in the paper. The graphs add a code to every memory, so anchors take that of
 * conditioning frames, as the first frame itself does; it tells nothing of distance either.
 */
import { boxIou, edgesOf } from '../../../../common/box-iou.ts';
import type { AttentionRequest } from '../../attention-batch.ts';
import type { TrackerConstants } from '../../constants.ts';
import type { Candidate, RememberedFrame } from '../candidate.ts';
import { boxUnion, maskShape } from '../mask-shape.ts';
import { type AttendContext, bankOf, type MemoryPolicy, pointerReach, pushBounded, ratedByIou } from './memory-policy.ts';

const slots = 3;
const recentEvery = 5;
const anchorIou = 0.8;
const anchorAreaTolerance = 0.2;
const anchorEvery = 5;
const areaWindow = 10;
const distinctBoxIou = 0.7;

interface Memory {
  /** All recent frames, for the pointers, which are SAM 2's. */
  recent: readonly RememberedFrame[];
  /** The frame before, when its mask was not empty. */
  last: RememberedFrame | null;
  /** Every fifth frame, at most two beside `last`. */
  appearances: readonly RememberedFrame[];
  anchors: readonly RememberedFrame[];
  /** Areas of the last masks that were not empty, in px of the logit grid. */
  areas: readonly number[];
  /** Frames since the newest anchor, and since the newest appearance. */
  sinceAnchor: number;
  sinceAppearance: number;
}

const empty: Memory = { recent: [], last: null, appearances: [], anchors: [], areas: [], sinceAnchor: 0, sinceAppearance: 0 };

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

export class Dam4SamPolicy implements MemoryPolicy {
  readonly readsMasks = true;
  readonly #constants: TrackerConstants;
  readonly #memory: Memory;

  constructor(constants: TrackerConstants, memory: Memory = empty) {
    this.#constants = constants;
    this.#memory = memory;
  }

  rate = ratedByIou;

  after(entry: RememberedFrame, chosen: number, candidates: readonly Candidate[]): MemoryPolicy {
    const { recent, appearances, anchors, areas, sinceAnchor, sinceAppearance } = this.#memory;
    const { area } = entry.objectLogit > 0 ? maskShape(candidates[chosen]!.logits) : { area: 0 };
    const isEmpty = area === 0;
    const isAppearance = !isEmpty && sinceAppearance + 1 >= recentEvery;
    const isAnchor = !isEmpty && this.#isAnchor(entry, area, chosen, candidates);
    return new Dam4SamPolicy(this.#constants, {
      recent: pushBounded(recent, entry, pointerReach(this.#constants), 1),
      last: isEmpty ? null : entry,
      appearances: isAppearance ? [...appearances, entry].slice(-(slots - 1) - 1) : appearances,
      anchors: isAnchor ? [...anchors, entry].slice(-slots) : anchors,
      areas: isEmpty ? areas : [...areas, area].slice(-areaWindow),
      sinceAnchor: isAnchor ? 0 : sinceAnchor + 1,
      sinceAppearance: isAppearance ? 0 : sinceAppearance + 1,
    });
  }

  attend({ frame, reverse, conditioning, frameCount }: AttendContext): AttentionRequest {
    const { recent, last, appearances, anchors } = this.#memory;
    const memories = bankOf(this.#constants, conditioning, []).memoriesFor(frame, reverse);
    const anchorRow = this.#constants.numMaskmem - 1;
    for (const source of anchors) memories.push({ source, temporalRow: anchorRow });
    const others = appearances.filter((source) => source !== last);
    const shown = (last === null ? others : [...others, last]).slice(-slots);
    shown.forEach((source, index) => {
      memories.push({ source, temporalRow: shown.length - 1 - index });
    });
    return { memories, pointers: bankOf(this.#constants, conditioning, recent).pointersFor(frame, reverse, frameCount) };
  }

  get size(): number {
    return this.#memory.recent.length + this.#memory.appearances.length + this.#memory.anchors.length;
  }

  /**
   * Sure, of the usual size, not soon after another anchor, and some candidate's box joined with the chosen one differs
   * from it.
   */
  #isAnchor(entry: RememberedFrame, area: number, chosen: number, candidates: readonly Candidate[]): boolean {
    const { areas, sinceAnchor } = this.#memory;
    if (entry.predictedIou <= anchorIou || areas.length === 0 || sinceAnchor < anchorEvery) return false;
    const usual = median(areas);
    if (Math.abs(area - usual) > anchorAreaTolerance * usual) return false;
    const box = maskShape(candidates[chosen]!.logits).box;
    return candidates.some(({ logits }, index) => {
      if (index === chosen || box === null) return false;
      const other = maskShape(logits).box;
      return other !== null && boxIou(edgesOf(boxUnion(box, other)), edgesOf(box)) <= distinctBoxIou;
    });
  }
}
