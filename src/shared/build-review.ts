/**
 * Makes the review list of what is known of the results. The order is that of review-queue.ts: the frame whose
 * correction mends most comes first. Each chosen frame becomes the entry of the absence, jump or doubt it lies in, so
 * that what is one thing to a person is one entry.
 */
import { isCounted, isSameEntry, type ReviewEntry, type ReviewMark } from './review.ts';
import { leastDoubt, type ReviewFrame, rankReview } from './review-queue.ts';

/** From this doubt on a frame is unsure: lanes show it as such too. */
export const unsureDoubt = 0.45;
/** The list has at most so many entries, and spot checks fill it up to so many. */
const longest = 60;
const leastEntries = 5;
/** Frames between two unsure ones that are part of the same doubt. */
const joined = 5;
/** A frame of the queue is this near to the jump it is about. */
const nearJump = 4;

export interface Absence {
  /** Inclusive. */
  first: number;
  last: number;
  foundAgain: number | null;
}

/** What is known of a frame of an object, where there is something to know. */
export interface ReviewSignal extends Omit<ReviewFrame, 'objectId' | 'group' | 'overlap'> {
  /** The object that has the same mask here, and the IoU of both. */
  overlap?: { other: number; iou: number } | undefined;
  hasJumped?: boolean | undefined;
  /** More than one branch of the memory tree lives. */
  isSplit?: boolean | undefined;
}

export interface ReviewObject {
  objectId: number;
  /** Frames with prompts. */
  prompts: readonly number[];
  /** Prompts have changed since the object was tracked. */
  isStale: boolean;
  /** Within the picture: one that rightly left it is no doubt. */
  absences: readonly Absence[];
  /** By frame, ascending; none where the object is rightly out of the picture. */
  signals: readonly ReviewSignal[];
}

/** An object left by the edge of the picture or with a cut, and came back so, if it did: nothing is to be looked at. */
export const isRightlyAway = (before: 'edge' | 'inside' | 'start', after: 'edge' | 'inside' | 'end'): boolean =>
  before !== 'inside' && after !== 'inside' && !(before === 'start' && after === 'end');

/** Whether a mask ends at the edge of the picture. @param box [x, y, width, height], px */
export const touchesEdge = (
  box: readonly [number, number, number, number],
  { width, height }: { width: number; height: number },
): boolean => {
  const [x, y, w, h] = box;
  const near = Math.max(2, 0.01 * Math.max(width, height));
  return x <= near || y <= near || x + w >= width - near || y + h >= height - near;
};

/** Absences a few frames apart are one: a mask that flickers in between finds nothing. Not across a prompt. */
export const joinAbsences = (absences: readonly Absence[], prompts: readonly number[]): Absence[] => {
  const list: Absence[] = [];
  for (const absence of absences) {
    const last = list.at(-1);
    const isSplit = last && prompts.some((frame) => frame > last.last && frame < absence.first);
    if (last && !isSplit && absence.first - last.last <= joined + 1)
      Object.assign(last, { last: absence.last, foundAgain: absence.foundAgain });
    else list.push({ ...absence });
  }
  return list;
};

/** What the order goes by. A mask that two objects have, and one that jumped, are as doubtful as frames get. */
const queueFrames = ({ objectId, signals, absences }: ReviewObject): ReviewFrame[] =>
  signals.map(({ frame, uncertainty, clarity, overlap, hasJumped }) => {
    const group = absences.findIndex(({ first, last }) => frame >= first && frame <= last);
    return {
      ...{ objectId, frame, uncertainty: hasJumped ? Math.max(uncertainty, 0.7) : uncertainty },
      ...(clarity !== undefined && { clarity }),
      ...(overlap && { overlap: overlap.iou }),
      ...(group >= 0 && { group }),
    };
  });

type Stretch = Pick<ReviewEntry, 'kind' | 'first' | 'last' | 'foundAgain' | 'other'>;

/** The frames around `at` (a place in `signals`) that are the same thing, without gaps of more than a few frames. */
const around = (
  signals: readonly ReviewSignal[],
  at: number,
  isSame: (signal: ReviewSignal) => boolean,
): { first: number; last: number } => {
  const reach = (step: 1 | -1): number => {
    let end = signals[at]!.frame;
    for (let i = at + step; i >= 0 && i < signals.length; i += step) {
      const signal = signals[i]!;
      if (Math.abs(signal.frame - end) > joined) break;
      if (isSame(signal)) end = signal.frame;
    }
    return end;
  };
  return { first: reach(-1), last: reach(1) };
};

const stretchAt = ({ signals, absences }: ReviewObject, frame: number): Stretch => {
  const plain = { foundAgain: null, other: null };
  const absence = absences.find(({ first, last }) => frame >= first && frame <= last);
  if (absence) return { kind: 'absence', ...plain, ...absence };
  const at = signals.findIndex((signal) => signal.frame === frame);
  const signal = signals[at]!;
  const jump = signals.find((other) => other.hasJumped && Math.abs(other.frame - frame) <= nearJump);
  if (jump) return { kind: 'jump', ...plain, first: Math.min(frame, jump.frame), last: Math.max(frame, jump.frame) };
  const { overlap } = signal;
  if (overlap) {
    const { other } = overlap;
    return { kind: 'overlap', ...plain, other, ...around(signals, at, (near) => near.overlap?.other === other) };
  }
  if (signal.isSplit) return { kind: 'disagreement', ...plain, ...around(signals, at, (near) => near.isSplit === true) };
  if (signal.uncertainty >= unsureDoubt)
    return { kind: 'doubt', ...plain, ...around(signals, at, (near) => near.uncertainty >= unsureDoubt) };
  return { kind: 'check', ...plain, first: frame, last: frame };
};

/**
 * @param done what was looked at, in any order
 * @returns worst first: absences, jumps and doubts by what their correction mends, then spot checks
 */
export const buildReview = (objects: readonly ReviewObject[], done: readonly ReviewMark[] = []): ReviewEntry[] => {
  const prompted = new Map(objects.map(({ objectId, prompts }) => [objectId, prompts]));
  const byId = new Map(objects.map((object) => [object.objectId, object]));
  const frames = objects.flatMap(queueFrames);
  const queue = rankReview(
    frames.filter(({ uncertainty, overlap = 0 }) => uncertainty >= leastDoubt || overlap > 0),
    longest,
    prompted,
  );
  const entries: ReviewEntry[] = [];
  const add = (object: ReviewObject, frame: number, stretch: Stretch): void => {
    const { objectId, isStale, prompts, signals } = object;
    // Of a doubt that goes on for long several frames are offered: each stands for the part around it.
    const others = entries.filter((entry) => entry.objectId === objectId && entry.kind !== 'absence' && entry.kind !== 'jump');
    let { first, last } = stretch;
    if (stretch.kind !== 'absence' && stretch.kind !== 'jump')
      for (const other of others) {
        if (other.last < first || other.first > last) continue;
        const middle = (other.frame + frame) / 2;
        if (other.frame < frame) [first, other.last] = [Math.max(first, Math.floor(middle) + 1), Math.min(other.last, Math.floor(middle))];
        else [last, other.first] = [Math.min(last, Math.ceil(middle) - 1), Math.max(other.first, Math.ceil(middle))];
      }
    const doubts = signals.filter((signal) => signal.frame >= first && signal.frame <= last).map(({ uncertainty }) => uncertainty);
    entries.push({
      ...stretch,
      objectId,
      frame,
      first,
      last,
      uncertainty: Math.max(0, ...doubts),
      isDone: isStale && prompts.some((at) => at >= first - 1 && at <= last + 1),
    });
  };
  for (const { objectId, frame } of queue) {
    const object = byId.get(objectId)!;
    const stretch = stretchAt(object, frame);
    const isKnown = entries.some(
      (entry) =>
        entry.objectId === objectId &&
        entry.kind === 'jump' &&
        stretch.kind === 'jump' &&
        entry.first <= stretch.last &&
        entry.last >= stretch.first,
    );
    if (!isKnown) add(object, frame, stretch);
  }
  for (const object of objects) {
    for (const absence of object.absences) {
      const isThere = entries.some(
        ({ objectId, kind, first }) => objectId === object.objectId && kind === 'absence' && first === absence.first,
      );
      if (!isThere && entries.length < 2 * longest) add(object, absence.first, { kind: 'absence', other: null, ...absence });
    }
  }
  const counted = entries.filter(isCounted);
  const checks = entries.filter((entry) => !isCounted(entry)).slice(0, Math.max(0, leastEntries - counted.length));
  return [...counted, ...checks].map((entry) => ({ ...entry, isDone: entry.isDone || done.some((mark) => isSameEntry(mark, entry)) }));
};
