/** Words of the review list. */
import { formatCount, plural } from '../../../shared/language.ts';
import type { ReviewEntry } from '../../../shared/review.ts';

export const reviewText = {
  panel: 'Review',
  list: 'Places to review',
  checks: 'Spot checks',
  checksNote: 'Nothing is in doubt here, but no prompt is near.',
  filter: 'Objects',
  all: 'All objects',
  object: (id: number): string => `Object ${id}`,
  untracked: 'Track an object first. Losses, jumps and doubts are then listed here.',
  nothing: 'Nothing to review: no losses, no jumps, no doubts.',
  allDone: 'You have looked at everything. Track again after corrections.',
  left: (count: number): string => `${plural(count, 'place')} left, worst first.`,
  done: 'Mark as reviewed',
  again: 'Mark as not reviewed',
  count: (count: number): string => `${plural(count, 'place')} to review`,
  look: 'Go there. If the mask is wrong, correct it and track again.',
  uncertainty: (percent: number): string => `Uncertainty ${percent} %.`,
  foundAll: (frames: number): string => `Found on all ${plural(frames, 'frame')}.`,
  found: (found: number, frames: number, losses: number): string =>
    `Found on ${formatCount(found)} of ${plural(frames, 'frame')}${losses > 0 ? `, ${plural(losses, 'loss', 'losses')}` : ''}.`,
  foundSeveral: (objects: number, found: number, frames: number, losses: number): string =>
    `${plural(objects, 'object')} found on ${formatCount(found)} of ${plural(frames, 'frame')} in all${losses > 0 ? `, ${plural(losses, 'loss', 'losses')}` : ''}.`,
  review: 'Review',
  reviewCount: (count: number): string => `Review (${formatCount(count)})`,
};

/**
 * What an entry says.
 * @param at the time of a frame, in words
 * @param other name of the object that has the same mask
 */
export const sentenceOf = ({ kind, first, last, frame, foundAgain }: ReviewEntry, at: (frame: number) => string, other: string): string => {
  const span = first === last ? `at ${at(first)}` : `from ${at(first)} to ${at(last)}`;
  switch (kind) {
    case 'absence':
      if (foundAgain === null) return `Lost at ${at(first)}, not found again`;
      return first === 0 ? `Not found before ${at(foundAgain)}` : `Lost at ${at(first)}, found again at ${at(foundAgain)}`;
    case 'overlap':
      return `Same mask as ${other} ${span}`;
    case 'jump':
      return `Mask jumped at ${at(frame)}`;
    case 'disagreement':
      return `Two masks disagree ${span}`;
    case 'doubt':
      return `Unsure ${span}`;
    case 'check':
      return `Check at ${at(frame)}`;
  }
};
