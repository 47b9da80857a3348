/** The review list: what of the results a person should look at, in the order in which a look pays. */
import { z } from 'zod';

const frame = z.number().int().nonnegative();
const objectId = z.number().int().positive();

export const reviewKinds = [
  /** The object was lost within the picture. */
  'absence',
  /** Two objects have the same mask, so one of them is wrong. */
  'overlap',
  /** The mask went to another place from one frame to the next. */
  'jump',
  /** Branches of the memory tree tell different stories. */
  'disagreement',
  /** The model is unsure. */
  'doubt',
  /** Nothing is in doubt, but no prompt is near: worth a look when all else is done. Not counted. */
  'check',
] as const;
export type ReviewKind = (typeof reviewKinds)[number];

export const reviewEntrySchema = z.object({
  objectId,
  kind: z.enum(reviewKinds),
  /** Where to look, and to correct: within `first` to `last`, inclusive. */
  frame,
  first: frame,
  last: frame,
  /** 0..1, the greatest on these frames. */
  uncertainty: z.number(),
  /** Of an absence: the frame on which the object was found again; null where it never was. */
  foundAgain: frame.nullable(),
  /** Of an overlap: the object that has the same mask. */
  other: objectId.nullable(),
  /** It was looked at, or corrected. */
  isDone: z.boolean(),
});
export type ReviewEntry = z.infer<typeof reviewEntrySchema>;

/** An entry that was looked at, as a project keeps it. */
export const reviewMarkSchema = reviewEntrySchema.pick({ objectId: true, kind: true, frame: true, first: true, last: true });
export type ReviewMark = z.infer<typeof reviewMarkSchema>;

export const markOf = ({ objectId: id, kind, frame: at, first, last }: ReviewMark): ReviewMark => ({
  objectId: id,
  kind,
  frame: at,
  first,
  last,
});

/** Entries that are counted: all but spot checks. */
export const isCounted = ({ kind }: Pick<ReviewEntry, 'kind'>): boolean => kind !== 'check';

/** Share of two stretches that both cover. */
const shared = (a: { first: number; last: number }, b: { first: number; last: number }): number => {
  const both = Math.min(a.last, b.last) - Math.max(a.first, b.first) + 1;
  return both <= 0 ? 0 : both / (Math.max(a.last, b.last) - Math.min(a.first, b.first) + 1);
};

/**
 * Whether a look at `mark` was a look at this: the clip may have been tracked again since, and what is found now begins
 * and ends elsewhere. An absence that has become far shorter or longer is a new one.
 */
export const isSameEntry = (mark: ReviewMark, entry: ReviewMark): boolean => {
  if (mark.objectId !== entry.objectId) return false;
  if ((mark.kind === 'absence') !== (entry.kind === 'absence')) return false;
  if (entry.kind === 'absence') return shared(mark, entry) >= 0.5;
  const holds = (outer: ReviewMark, inner: ReviewMark): boolean => inner.frame >= outer.first - 2 && inner.frame <= outer.last + 2;
  return holds(mark, entry) && holds(entry, mark);
};

/** Where `U` goes: the nearest entry before or after a frame; null when there is none. Spot checks are no stops. */
export const neighbourEntry = (entries: readonly ReviewEntry[], from: number, direction: 1 | -1): ReviewEntry | null => {
  let best: ReviewEntry | null = null;
  for (const entry of entries) {
    if (!isCounted(entry) || (entry.frame - from) * direction <= 0) continue;
    if (best === null || (entry.frame - best.frame) * direction < 0) best = entry;
  }
  return best;
};

/** Frames where objects of the list are lost, and where they are found again, ascending. */
export const lossFrames = (entries: readonly ReviewEntry[]): number[] => {
  const frames = entries.flatMap(({ kind, first, foundAgain }) =>
    kind === 'absence' ? [first, ...(foundAgain === null ? [] : [foundAgain])] : [],
  );
  return [...new Set(frames)].sort((a, b) => a - b);
};
