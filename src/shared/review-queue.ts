/**
 * The review queue: the frames a person should look at first, chosen so that together they mend most.
 *
 * What a frame is worth is the error that its correction is expected to mend. The error expected on a frame is the
 * model's doubt there, and more the farther the nearest prompt is: the model drifts without noticing. A correction
 * mends its own frame, and what it changes there it changes on the frames ahead as well, less and less with distance, a
 * little behind, and nothing beyond the next prompt: where the object was lost it is found again, where the mask was
 * nearly right hardly anything changes. It holds no longer than the prompt before it did: an object that is lost within
 * four frames of a prompt will be lost within four frames of the next one. A mask that another object has too is wrong
 * for one of the two. A frame on which the object is hardly seen is a poor place for a correction: a person sees no
 * more there than the model did, and what is remembered of it helps no later frame; so a clear frame nearby is worth
 * more.
 * The queue takes the frame of most worth, again and again; of several objects those that already have a frame in it
 * give way.
 */
import { z } from 'zod';

/** A frame of less doubt is not offered. */
export const leastDoubt = 0.1;

export const reviewFrameSchema = z.object({
  objectId: z.number().int().positive(),
  frame: z.number().int().nonnegative(),
  /**
   * 0..1; the model's own doubt: 1 = the branches tell different stories, or it cannot say whether the object is there.
   */
  uncertainty: z.number(),
});

export interface ReviewFrame extends z.infer<typeof reviewFrameSchema> {
  /** IoU with the mask of another object, where both have much the same one. */
  overlap?: number | undefined;
  /** 0..1: how well the object is seen. */
  clarity?: number | undefined;
  /** Frames of one object that are one thing to look at: the queue holds one of them at most. */
  group?: number | undefined;
}

/**
 * Frames of one object in the queue lie at least this far apart, and from its prompts: neighbours show the same doubt.
 */
export const reviewSpacing = 4;
/** How far ahead a correction is felt, as a share of the frames at hand, within bounds. */
const reachShare = 1 / 12;
const leastReach = 8;
const mostReach = 100;
/** Behind itself a correction is felt this much, and over this part of the reach: tracking there only attends to it. */
const behindShare = 0.3;
const behindReach = 0.5;
/** A correction is felt by at least this share of what it would be where the object was lost. */
const leastShare = 0.25;
/** The error that drift adds far from every prompt, and the distance at which it is half of that. */
const mostDrift = 0.3;
const halfDrift = 20;
/**
 * Worth of an object's next frame for each of its frames that is in the queue: what loses it once may lose it again.
 */
const againShare = 0.5;
/** The error that a mask which two objects have adds: one of them is wrong. */
const overlapError = 0.6;
/** What a correction loses where nothing of the object is seen. */
const clarityShare = 0.7;
/** Frames on both sides over which the error after a prompt is averaged. */
const relapseSmoothing = 2;
/** Reaches after which nothing is felt any more. */
const window = 5;

/** How much a correction is felt at a distance, by table: `ahead[distance]`, `behind[distance]`. */
interface Felt {
  ahead: Float64Array;
  behind: Float64Array;
}

const feltWithin = (reach: number): Felt => {
  const decay = (share: number, over: number): Float64Array =>
    Float64Array.from({ length: Math.ceil(window * over) }, (_, distance) => share * Math.exp(-distance / over));
  return { ahead: decay(1, reach), behind: decay(behindShare, reach * behindReach) };
};

/** 0..1, from the model's doubt and how far the nearest prompt is. */
export const expectedError = (doubt: number, distance: number): number => {
  const drift = distance === Number.POSITIVE_INFINITY ? mostDrift : (mostDrift * distance) / (distance + halfDrift);
  return 1 - (1 - doubt) * (1 - drift);
};

/** 0..1: how well an object is seen, by what the model says. */
export const clarityOf = (predictedIou: number, objectLogit: number): number =>
  objectLogit <= 0 ? 0 : Math.min(1, Math.max(0, predictedIou)) * (1 - Math.exp(-objectLogit / 2));

/** Error seen 1, 2, 3 ... frames after a prompt, smoothed. */
type Relapse = Float64Array;

/** One object's frames, ascending, each with the error that is left there and what a correction of it is worth. */
class ObjectDoubts {
  readonly objectId: number;
  readonly #entries: ReviewFrame[];
  readonly #felt: Felt;
  /** Prompts and chosen frames, ascending. */
  readonly #known: number[];
  readonly #error: Float64Array;
  readonly #worth: Float64Array;
  /** Of every prompt that frames follow, and of chosen frames that of the prompt before. */
  readonly #relapses = new Map<number, Relapse>();
  #taken = 0;
  readonly #takenGroups = new Set<number>();

  constructor(objectId: number, entries: readonly ReviewFrame[], prompted: Iterable<number>, felt: Felt) {
    this.objectId = objectId;
    this.#entries = [...entries].sort((a, b) => a.frame - b.frame || b.uncertainty - a.uncertainty);
    this.#felt = felt;
    this.#known = [...new Set(prompted)].sort((a, b) => a - b);
    this.#error = Float64Array.from(this.#entries, ({ frame, uncertainty, overlap = 0 }) => {
      const [before, after] = this.#around(frame);
      if (this.#known.includes(frame)) return 0;
      return 1 - (1 - expectedError(uncertainty, Math.min(frame - before, after - frame))) * (1 - overlapError * overlap);
    });
    for (const prompt of this.#known) this.#relapses.set(prompt, this.#relapseAfter(prompt));
    this.#worth = new Float64Array(entries.length);
    for (let i = 0; i < entries.length; i++) this.#worth[i] = this.#worthOf(i);
  }

  /** The frame of most worth, the earliest of equals; null when none is left. */
  best(): { entry: ReviewFrame; worth: number } | null {
    let at = -1;
    for (let i = 0; i < this.#entries.length; i++) if (this.#worth[i]! > (at < 0 ? 0 : this.#worth[at]!)) at = i;
    return at < 0 ? null : { entry: this.#entries[at]!, worth: this.#worth[at]! * againShare ** this.#taken };
  }

  /**
   * The frame will be corrected: what lies between its neighbours among the prompts is judged anew, and nothing else
   * has changed.
   */
  take(frame: number): void {
    const [before, after] = this.#around(frame);
    const at = this.#entries.findIndex((entry) => entry.frame === frame);
    const share = this.#shareOf(at);
    this.#forEachFelt(at, (i, felt, relapse) => {
      this.#error[i]! -= share * felt * Math.max(0, this.#error[i]! - relapse);
    });
    this.#error[at] = 0;
    this.#taken++;
    const { group } = this.#entries[at]!;
    if (group !== undefined) this.#takenGroups.add(group);
    const relapse = this.#relapses.get(before);
    if (relapse) this.#relapses.set(frame, relapse);
    this.#known.push(frame);
    this.#known.sort((a, b) => a - b);
    for (let i = 0; i < this.#entries.length; i++) {
      const { frame: other } = this.#entries[i]!;
      if ((other > before && other < after) || (group !== undefined && this.#entries[i]!.group === group))
        this.#worth[i] = this.#worthOf(i);
    }
  }

  /** How much of a correction is felt elsewhere: what it changes on its own frame. */
  #shareOf(at: number): number {
    return Math.max(leastShare, this.#error[at]!);
  }

  #worthOf(at: number): number {
    const { frame, clarity = 1, group } = this.#entries[at]!;
    const [before, after] = this.#around(frame);
    if (group !== undefined && this.#takenGroups.has(group)) return 0;
    if (this.#known.includes(frame) || frame - before < reviewSpacing || after - frame < reviewSpacing) return 0;
    const share = this.#shareOf(at);
    let worth = this.#error[at]!;
    this.#forEachFelt(at, (i, felt, relapse) => {
      worth += share * felt * Math.max(0, this.#error[i]! - relapse);
    });
    return worth * (1 - clarityShare * (1 - clarity));
  }

  /**
   * What was expected after a prompt, before anything is chosen; of frames that are not known, what the one before them
   * has.
   */
  #relapseAfter(prompt: number): Relapse {
    const relapse = new Float64Array(this.#felt.ahead.length);
    const [, after] = this.#around(prompt);
    let filled = 0;
    this.#entries.forEach(({ frame }, i) => {
      const distance = frame - prompt;
      if (distance <= 0 || frame >= after || distance >= relapse.length) return;
      relapse.fill(relapse[filled]!, filled + 1, distance);
      relapse[distance] = this.#error[i]!;
      filled = distance;
    });
    relapse.fill(relapse[filled]!, filled + 1);
    return relapse.map((_, distance) => {
      const near = relapse.subarray(Math.max(1, distance - relapseSmoothing), distance + relapseSmoothing + 1);
      return near.reduce((sum, error) => sum + error, 0) / Math.max(1, near.length);
    });
  }

  /** Every other entry that feels a correction of this one, how much, and the error that is seen there all the same. */
  #forEachFelt(at: number, tell: (entry: number, felt: number, relapse: number) => void): void {
    const { frame } = this.#entries[at]!;
    const [before, after] = this.#around(frame);
    const { ahead, behind } = this.#felt;
    const relapse = this.#relapses.get(before);
    for (let i = at + 1; i < this.#entries.length; i++) {
      const distance = this.#entries[i]!.frame - frame;
      if (frame + distance >= after || distance >= ahead.length) break;
      tell(i, ahead[distance]!, relapse?.[distance] ?? 0);
    }
    for (let i = at - 1; i >= 0; i--) {
      const distance = frame - this.#entries[i]!.frame;
      if (frame - distance <= before || distance >= behind.length) break;
      tell(i, behind[distance]!, 0);
    }
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
 * The frames whose correction mends most, best first; see above for what a frame is worth. Does not depend on the order
 * of `frames`.
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
