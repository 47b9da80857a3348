/**
 * The review queue: the frames a person should look at first, chosen so that together they settle most doubt.
 *
 * A correction settles its own frame, and its neighbourhood less and less: ahead of it e^(-distance / reach), behind it a little, and
 * nothing beyond the next prompt, which rules there. What a frame is worth is the doubt that its correction would settle and that no
 * prompt or earlier frame of the queue does. The queue takes the frame of most worth, again and again.
 */
import { z } from 'zod';

/** A frame of less doubt is not offered. */
export const leastDoubt = 0.05;

export const reviewFrameSchema = z.object({
  objectId: z.number().int().positive(),
  frame: z.number().int().nonnegative(),
  /** 0..1; 1 = the branches tell different stories, or the model cannot say whether the object is there. */
  uncertainty: z.number(),
});
export type ReviewFrame = z.infer<typeof reviewFrameSchema>;

/** Frames of one object in the queue lie at least this far apart, and from its prompts: neighbours show the same doubt. */
export const reviewSpacing = 4;
/** How far ahead a correction is felt, as a share of the frames at hand, within bounds. */
const reachShare = 1 / 12;
const leastReach = 8;
const mostReach = 100;
/** Behind itself a correction is felt this much, and over this part of the reach: tracking there only attends to it. */
const behindShare = 0.6;
const behindReach = 0.5;
/** Every frame's doubt is at least this, whatever the model says: where it is sure it may be wrong as well. */
const plainDoubt = 0.2;
/** Reaches after which nothing is felt any more. */
const window = 5;

/** How much a correction settles at a signed distance, by table: `ahead[distance]`, `behind[distance]`. */
interface Felt {
  ahead: Float64Array;
  behind: Float64Array;
}

const feltWithin = (reach: number): Felt => {
  const decay = (share: number, over: number): Float64Array =>
    Float64Array.from({ length: Math.ceil(window * over) }, (_, distance) => share * Math.exp(-distance / over));
  return { ahead: decay(1, reach), behind: decay(behindShare, reach * behindReach) };
};

/** One object's frames, ascending, each with what is settled there and what a correction of it is worth. */
class ObjectDoubts {
  readonly objectId: number;
  readonly #entries: ReviewFrame[];
  readonly #felt: Felt;
  /** Prompts and chosen frames, ascending. */
  readonly #known: number[];
  readonly #settled: Float64Array;
  readonly #worth: Float64Array;

  constructor(objectId: number, entries: readonly ReviewFrame[], prompted: Iterable<number>, felt: Felt) {
    this.objectId = objectId;
    this.#entries = [...entries].sort((a, b) => a.frame - b.frame || b.uncertainty - a.uncertainty);
    this.#felt = felt;
    this.#known = [...new Set(prompted)].sort((a, b) => a - b);
    this.#settled = new Float64Array(entries.length);
    this.#worth = new Float64Array(entries.length);
    this.#judge(0, entries.length);
  }

  /** The frame of most worth, the earliest of equals; null when none is left. */
  best(): { entry: ReviewFrame; worth: number } | null {
    let at = -1;
    for (let i = 0; i < this.#entries.length; i++) if (this.#worth[i]! > (at < 0 ? 0 : this.#worth[at]!)) at = i;
    return at < 0 ? null : { entry: this.#entries[at]!, worth: this.#worth[at]! };
  }

  /** The frame will be corrected: what lies between its neighbours among the prompts is judged anew, and nothing else has changed. */
  take(frame: number): void {
    const [before, after] = this.#around(frame);
    this.#known.push(frame);
    this.#known.sort((a, b) => a - b);
    const from = this.#entries.findIndex((entry) => entry.frame > before);
    const to = this.#entries.findIndex((entry) => entry.frame >= after);
    this.#judge(from, to < 0 ? this.#entries.length : to);
  }

  /** Entries `from` to `to` (exclusive). */
  #judge(from: number, to: number): void {
    const { ahead, behind } = this.#felt;
    for (let i = from; i < to; i++) {
      const { frame } = this.#entries[i]!;
      const [before, after] = this.#around(frame);
      this.#settled[i] = this.#known.includes(frame) ? 1 : Math.max(ahead[frame - before] ?? 0, behind[after - frame] ?? 0);
    }
    for (let i = from; i < to; i++) this.#worth[i] = this.#worthOf(i);
  }

  #worthOf(at: number): number {
    const { frame } = this.#entries[at]!;
    const [before, after] = this.#around(frame);
    if (this.#known.includes(frame) || frame - before < reviewSpacing || after - frame < reviewSpacing) return 0;
    let worth = 0;
    const add = (i: number, felt: number): void => {
      worth += (plainDoubt + this.#entries[i]!.uncertainty) * Math.max(0, felt - this.#settled[i]!);
    };
    const { ahead, behind } = this.#felt;
    for (let i = at; i < this.#entries.length; i++) {
      const distance = this.#entries[i]!.frame - frame;
      if (frame + distance >= after || distance >= ahead.length) break;
      add(i, ahead[distance]!);
    }
    for (let i = at - 1; i >= 0; i--) {
      const distance = frame - this.#entries[i]!.frame;
      if (frame - distance <= before || distance >= behind.length) break;
      add(i, behind[distance]!);
    }
    return worth;
  }

  /** The nearest prompts on both sides, -Infinity and Infinity where there are none. */
  #around(frame: number): [before: number, after: number] {
    let before = Number.NEGATIVE_INFINITY;
    for (const known of this.#known) {
      if (known > frame) return [before, known];
      if (known < frame) before = known;
    }
    return [before, Number.POSITIVE_INFINITY];
  }
}

/**
 * The frames whose correction settles most doubt, best first; see above for what a frame is worth. Does not depend on the order of `frames`.
 * @param prompted frames with prompts, by object
 */
export const rankReview = (
  frames: readonly ReviewFrame[],
  count: number,
  prompted: ReadonlyMap<number, Iterable<number>> = new Map(),
): ReviewFrame[] => {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const byObject = new Map<number, ReviewFrame[]>();
  for (const entry of frames) {
    [first, last] = [Math.min(first, entry.frame), Math.max(last, entry.frame)];
    const own = byObject.get(entry.objectId);
    if (own) own.push(entry);
    else byObject.set(entry.objectId, [entry]);
  }
  const felt = feltWithin(Math.min(mostReach, Math.max(leastReach, (last - first + 1) * reachShare)));
  const objects = [...byObject]
    .sort(([a], [b]) => a - b)
    .map(([objectId, own]) => new ObjectDoubts(objectId, own, prompted.get(objectId) ?? [], felt));
  const queue: ReviewFrame[] = [];
  while (queue.length < count) {
    let chosen: { entry: ReviewFrame; worth: number } | null = null;
    for (const object of objects) {
      const offer = object.best();
      if (offer && (chosen === null || offer.worth > chosen.worth)) chosen = offer;
    }
    if (!chosen) break;
    const { entry } = chosen;
    queue.push(entry);
    objects.find(({ objectId }) => objectId === entry.objectId)!.take(entry.frame);
  }
  return queue;
};
