/** Which frames a track run visits, and which objects take part on each. */

import type { TrackDirection } from '../../../shared/contract/tracking.ts';
import { AppError } from '../../../shared/errors.ts';
import type { TrackResume } from '../api/tracking.ts';

export interface PlannedObject {
  id: number;
  /** Conditioning frames, ascending; not empty. */
  conditioning: number[];
}

export interface TrackPass {
  reverse: boolean;
  /** Inclusive; for a reverse pass `start` >= `end`. */
  start: number;
  end: number;
  /** Objects that take part from their `first` frame of the pass on. */
  objects: { id: number; first: number }[];
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/**
 * Forward: each object from its first prompt (or `from`, when later) to `to`. Backward: from its last prompt (or
 * `from`, when earlier) down to `to`. Both: forward from the first prompt to `to`, then backward from it down to
 * `from`; the prompted frame alone begins both passes, and no frame outside the range is visited. An object's
 * un-prompted past makes no claim (rule 26).
 * @returns no pass when a run that goes on has nothing left to do
 * @throws AppError `prompt-invalid` when no object has a prompt
 */
export const planTrack = (
  objects: readonly PlannedObject[],
  frameCount: number,
  direction: TrackDirection,
  from: number | null,
  to: number | null,
  resume: TrackResume | null = null,
): TrackPass[] => {
  const prompted = objects.filter((object) => object.conditioning.length > 0);
  if (prompted.length === 0 && resume) return [];
  if (prompted.length === 0) throw new AppError('prompt-invalid', 'No object has a prompt yet. Click an object first, then track.');
  const last = frameCount - 1;
  for (const bound of [from, to]) {
    if (bound !== null && bound > last) {
      throw new AppError('frame-out-of-range', `Frame ${bound} does not exist: the clip has frames 0 to ${last}.`, {
        details: { frame: bound, frameCount },
      });
    }
  }
  const pass = (reverse: boolean, origin: (object: PlannedObject) => number, end: number, bound = from): TrackPass | null => {
    const taking = prompted
      .map((object) => {
        const first = (resume?.reverse === reverse ? resume.at.get(object.id) : undefined) ?? origin(object);
        return { id: object.id, first: bound === null ? first : reverse ? Math.min(first, bound) : Math.max(first, bound) };
      })
      .filter(({ first }) => (reverse ? first >= end : first <= end));
    if (taking.length === 0) return null;
    const firsts = taking.map((object) => object.first);
    return { reverse, start: reverse ? Math.max(...firsts) : Math.min(...firsts), end, objects: taking };
  };
  const firstPrompt = (object: PlannedObject): number => object.conditioning[0]!;
  const lastPrompt = (object: PlannedObject): number => object.conditioning.at(-1)!;
  const passes: (TrackPass | null)[] = [];
  if (direction === 'forward') passes.push(pass(false, firstPrompt, clamp(to ?? last, 0, last)));
  if (direction === 'backward') passes.push(pass(true, lastPrompt, clamp(to ?? 0, 0, last)));
  if (direction === 'both') {
    if (!resume?.reverse) passes.push(pass(false, firstPrompt, clamp(to ?? last, 0, last)));
    passes.push(pass(true, (object) => Math.min(firstPrompt(object), to ?? last), from ?? 0, null));
  }
  const planned = passes.filter((p) => p !== null);
  if (planned.length === 0 && !resume)
    throw new AppError('prompt-invalid', 'All prompts are outside the range to track. Widen the range or add a prompt inside it.');
  return planned;
};

export const passLength = (pass: TrackPass): number => Math.abs(pass.end - pass.start) + 1;

/**
 * How far a run is, in frames of the clip. A frame that two passes visit (the prompted one of a run both ways, and
 * those between the prompts of several objects) counts once, and is done with its last visit.
 */
export class RunFrames {
  readonly total: number;
  #done = 0;
  #visitsLeft: number;
  readonly #passes: readonly TrackPass[];

  constructor(passes: readonly TrackPass[]) {
    this.#passes = passes;
    this.#visitsLeft = passes.reduce((sum, pass) => sum + passLength(pass), 0);
    let total = 0;
    let counted = Number.NEGATIVE_INFINITY;
    for (const { start, end } of [...passes].sort((a, b) => Math.min(a.start, a.end) - Math.min(b.start, b.end))) {
      const first = Math.max(counted + 1, Math.min(start, end));
      const last = Math.max(start, end);
      total += Math.max(0, last - first + 1);
      counted = Math.max(counted, last);
    }
    this.total = total;
  }

  get done(): number {
    return this.#done;
  }

  /** What is left to compute; a frame that is visited twice costs twice. */
  get visitsLeft(): number {
    return this.#visitsLeft;
  }

  /** @param frame that `pass`, one of the run's, has visited */
  visited(pass: TrackPass, frame: number): void {
    this.#visitsLeft--;
    const isVisitedAgain = this.#passes
      .slice(this.#passes.indexOf(pass) + 1)
      .some(({ start, end }) => frame >= Math.min(start, end) && frame <= Math.max(start, end));
    if (!isVisitedAgain) this.#done++;
  }
}

/** Ids of the objects that take part on `frame`. */
export const objectsOn = (pass: TrackPass, frame: number): number[] =>
  pass.objects.filter(({ first }) => (pass.reverse ? frame <= first : frame >= first)).map(({ id }) => id);
