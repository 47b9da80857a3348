/** Whether a candidate is something that is tracked already, a part of it, the whole that it belongs to, or new. */
import type { GridMask } from './grid-mask.ts';

export type Match<T> = { kind: 'same' | 'part' | 'whole'; track: T } | { kind: 'covered' } | { kind: 'new' };

/** Two masks of one thing. */
export const sameIou = 0.5;
/** From this share on a mask lies in another. */
export const insideShare = 0.8;
/** A newcomer lies in what is not tracked by at least this share. */
const leastOpen = 0.5;

/**
 * The granularity of a track is kept: parts and wholes of it are no objects of their own.
 * @param covered all that is tracked, locked or the user's
 */
export const matchCandidate = <T extends { mask: GridMask }>(candidate: GridMask, tracks: readonly T[], covered: GridMask): Match<T> => {
  let best: { track: T; iou: number } | null = null;
  for (const track of tracks) {
    const iou = candidate.iou(track.mask);
    if (iou >= sameIou && (best === null || iou > best.iou)) best = { track, iou };
  }
  if (best) return { kind: 'same', track: best.track };
  for (const track of tracks) {
    if (candidate.insideOf(track.mask) >= insideShare) return { kind: 'part', track };
    if (track.mask.insideOf(candidate) >= insideShare) return { kind: 'whole', track };
  }
  return candidate.insideOf(covered) > 1 - leastOpen ? { kind: 'covered' } : { kind: 'new' };
};

/**
 * Of several candidates of one frame, in order of trust: those that are no doubles, parts or wholes of one before them.
 */
export const distinct = <T extends { mask: GridMask }>(candidates: readonly T[]): T[] => {
  const kept: T[] = [];
  for (const candidate of candidates) {
    const isKnown = kept.some(
      ({ mask }) =>
        mask.iou(candidate.mask) >= sameIou || candidate.mask.insideOf(mask) >= insideShare || mask.insideOf(candidate.mask) >= insideShare,
    );
    if (!isKnown) kept.push(candidate);
  }
  return kept;
};
