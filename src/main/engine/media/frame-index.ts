/**
 * The exact time of every frame of a clip. Frame n of the app is entry n here, everywhere: the n-th frame that a
 * decoder puts out.
 */
import { AppError } from '../../../shared/errors.ts';
import type { TimeRepair } from '../api/media.ts';
import { repairTimes } from './repair-times.ts';

/** Length of a tick in seconds = num / den. */
export interface TimeBase {
  num: number;
  den: number;
}

/** 1/25 s. */
const usualTicks = ({ num, den }: TimeBase): number => Math.max(1, Math.round(den / num / 25));

export class FrameIndex {
  /** Of the times this index tells. */
  readonly timeBase: TimeBase;
  /** Of the time stamps in the file. */
  readonly sourceTimeBase: TimeBase;
  /** What was wrong with the time stamps; null for nothing. */
  readonly repair: TimeRepair | null;
  /** Time stamps never go back and none is missing, so that a seek can find its place by them. */
  readonly isAscending: boolean;
  /** Strictly ascending. 8 bytes a frame. */
  readonly #pts: Float64Array;
  /** As the decoder tells them, in the order of the frames; the same array where nothing had to be repaired. */
  readonly #source: Float64Array;
  readonly #lastDurationTicks: number;
  /** Time stamps of the frames that decoding can begin at, ascending; may hold some that are no frame's. */
  readonly #keyPts: Float64Array;

  /**
   * @param pts strictly ascending; see {@link FrameIndex.repaired} for others
   * @param lastDurationTicks how long the last frame is shown; <= 0 where nobody knows
   */
  constructor(
    pts: ArrayLike<number>,
    timeBase: TimeBase,
    lastDurationTicks = 0,
    keyPts: ArrayLike<number> = [],
    original: { source: Float64Array; timeBase: TimeBase; repair: TimeRepair } | null = null,
  ) {
    this.#pts = Float64Array.from(pts);
    this.timeBase = timeBase;
    this.sourceTimeBase = original?.timeBase ?? timeBase;
    this.repair = original?.repair ?? null;
    this.#source = original?.source ?? this.#pts;
    this.isAscending = this.#source.every((value, i) => !Number.isNaN(value) && (i === 0 || value >= this.#source[i - 1]!));
    this.#keyPts = Float64Array.from(keyPts).sort();
    this.#lastDurationTicks = lastDurationTicks > 0 ? lastDurationTicks : this.averageTicks();
  }

  /** From time stamps in the order of the frames, whatever they are; null for a frame without one. */
  static repaired(
    ticks: readonly (number | null)[],
    timeBase: TimeBase,
    lastDurationTicks = 0,
    keyPts: ArrayLike<number> = [],
  ): FrameIndex {
    const { times, scale, repair } = repairTimes(ticks, usualTicks(timeBase));
    if (repair === null) return new FrameIndex(times, timeBase, lastDurationTicks, keyPts);
    const source = Float64Array.from(ticks, (tick) => tick ?? Number.NaN);
    return new FrameIndex(times, { num: timeBase.num, den: timeBase.den * scale }, lastDurationTicks * scale, keyPts, {
      source,
      timeBase,
      repair,
    });
  }

  get length(): number {
    return this.#pts.length;
  }

  /** Time of frame i in ticks of `timeBase`: its time stamp, where that had not to be repaired. */
  ptsTicks(i: number): number {
    return this.#pts[this.#checked(i)]!;
  }

  /** Time stamp that the decoder gives frame i, in ticks of `sourceTimeBase`; NaN for none. */
  sourceTicks(i: number): number {
    return this.#source[this.#checked(i)]!;
  }

  /** The last frame up to i whose time stamp is no other's before it: where counting can begin. */
  anchorOf(i: number): number {
    let anchor = this.#checked(i);
    while (anchor > 0 && this.#source[anchor] === this.#source[anchor - 1]) anchor--;
    return anchor;
  }

  #checked(i: number): number {
    if (this.#pts[i] === undefined) {
      throw new AppError('frame-out-of-range', `Frame ${i} does not exist: the clip has frames 0 to ${this.length - 1}.`, {
        details: { frame: i, frameCount: this.length },
      });
    }
    return i;
  }

  /** Time of frame i in ms after the first frame. */
  timeMs(i: number): number {
    return this.ticksToMs(this.ptsTicks(i) - this.ptsTicks(0));
  }

  /** How long frame i is shown, in ticks. */
  durationTicks(i: number): number {
    return i === this.length - 1 ? this.#lastDurationTicks : this.ptsTicks(i + 1) - this.ptsTicks(i);
  }

  /** From the first frame to the end of the last, in ms. */
  get durationMs(): number {
    return this.ticksToMs(this.ptsTicks(this.length - 1) - this.ptsTicks(0) + this.#lastDurationTicks);
  }

  /** The frame on screen at `ms` after the first frame; times outside the clip give the first or last frame. */
  frameAtTime(ms: number): number {
    // Half a tick of slack: timeMs() rounds, and frameAtTime(timeMs(i)) must be i.
    const ticks = this.ptsTicks(0) + (ms / 1000) * (this.timeBase.den / this.timeBase.num) + 0.5;
    let low = 0;
    let high = this.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#pts[middle]! <= ticks) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /**
   * Time stamps of the key frame that frame i can be decoded from and of the one after it, in source ticks; null where
   * there is none.
   */
  keysAround(i: number): { before: number | null; after: number | null } {
    const pts = this.sourceTicks(i);
    let low = 0;
    let high = this.#keyPts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#keyPts[middle]! <= pts) low = middle + 1;
      else high = middle;
    }
    return { before: this.#keyPts[low - 1] ?? null, after: this.#keyPts[low] ?? null };
  }

  /** The first frame in `from` to `until` (not in it) that decoding can begin at, or null. */
  keyFrameIn(from: number, until: number): number | null {
    const last = Math.min(until, this.length) - 1;
    if (from > last || !this.isAscending) return null;
    const least = this.sourceTicks(from);
    const most = this.sourceTicks(last);
    let low = 0;
    let high = this.#keyPts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#keyPts[middle]! < least) low = middle + 1;
      else high = middle;
    }
    for (; low < this.#keyPts.length && this.#keyPts[low]! <= most; low++) {
      const frame = this.#frameAt(this.#keyPts[low]!);
      if (frame >= from) return frame;
    }
    return null;
  }

  /** The first frame with exactly this time stamp, or -1. */
  #frameAt(ticks: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#source[middle]! < ticks) low = middle + 1;
      else high = middle;
    }
    return this.#source[low] === ticks ? low : -1;
  }

  ticksToMs(ticks: number): number {
    return (ticks * 1000 * this.timeBase.num) / this.timeBase.den;
  }

  /** Mean distance of frames in ticks (1/25 s for a single frame). */
  averageTicks(): number {
    if (this.length < 2) return usualTicks(this.timeBase);
    return (this.#pts[this.length - 1]! - this.#pts[0]!) / (this.length - 1);
  }

  /**
   * Whether frames leave the even grid by more than rounding does: Matroska's 33/34 ms steps of a 29.97 fps film are
   * constant, one skipped frame is not.
   */
  get isVariable(): boolean {
    const average = this.averageTicks();
    const tolerance = Math.max(1, average * 0.1);
    for (let i = 0; i < this.length; i++) if (Math.abs(this.#pts[i]! - this.#pts[0]! - i * average) > tolerance) return true;
    return false;
  }
}
