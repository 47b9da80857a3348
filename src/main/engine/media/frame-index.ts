/**
 * The exact time of every frame of a clip, in presentation order. Frame n of the app is entry n here, everywhere.
 */
import { AppError } from '../../../shared/errors.ts';

/** Length of a tick in seconds = num / den. */
export interface TimeBase {
  num: number;
  den: number;
}

export class FrameIndex {
  readonly timeBase: TimeBase;
  /** Ascending, no two equal. 8 bytes a frame. */
  readonly #pts: Float64Array;
  readonly #lastDurationTicks: number;
  /** Times of the frames that decoding can begin at, ascending; may hold times that are no frame's. */
  readonly #keyPts: Float64Array;

  /** `pts` need not be sorted; doubles are merged. `lastDurationTicks` <= 0 means unknown. */
  constructor(pts: ArrayLike<number>, timeBase: TimeBase, lastDurationTicks = 0, keyPts: ArrayLike<number> = []) {
    const sorted = Float64Array.from(pts).sort();
    let length = 0;
    for (let i = 0; i < sorted.length; i++) {
      const value = sorted[i]!;
      if (length === 0 || value !== sorted[length - 1]) sorted[length++] = value;
    }
    this.#pts = sorted.slice(0, length);
    this.timeBase = timeBase;
    this.#keyPts = Float64Array.from(keyPts).sort();
    this.#lastDurationTicks = lastDurationTicks > 0 ? lastDurationTicks : this.averageTicks();
  }

  get length(): number {
    return this.#pts.length;
  }

  /** Time stamp of frame i in ticks of the time base, as the file has it. */
  ptsTicks(i: number): number {
    const pts = this.#pts[i];
    if (pts === undefined) {
      throw new AppError('frame-out-of-range', `Frame ${i} does not exist: the clip has frames 0 to ${this.length - 1}.`, {
        details: { frame: i, frameCount: this.length },
      });
    }
    return pts;
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

  /** Times of the key frame that frame i can be decoded from and of the one after it, in ticks; null where there is none. */
  keysAround(i: number): { before: number | null; after: number | null } {
    const pts = this.ptsTicks(i);
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
    if (from > last) return null;
    const least = this.ptsTicks(from);
    const most = this.ptsTicks(last);
    let low = 0;
    let high = this.#keyPts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#keyPts[middle]! < least) low = middle + 1;
      else high = middle;
    }
    for (; low < this.#keyPts.length && this.#keyPts[low]! <= most; low++) {
      const frame = this.frameAtPts(this.#keyPts[low]!);
      if (frame >= 0) return frame;
    }
    return null;
  }

  /** The frame with exactly this time stamp, or -1. */
  frameAtPts(ticks: number): number {
    let low = 0;
    let high = this.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const value = this.#pts[middle]!;
      if (value === ticks) return middle;
      if (value < ticks) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  ticksToMs(ticks: number): number {
    return (ticks * 1000 * this.timeBase.num) / this.timeBase.den;
  }

  /** Mean distance of frames in ticks (1/25 s for a single frame). */
  averageTicks(): number {
    if (this.length < 2) return Math.max(1, Math.round(this.timeBase.den / this.timeBase.num / 25));
    return (this.#pts[this.length - 1]! - this.#pts[0]!) / (this.length - 1);
  }

  /**
   * Whether frames leave the even grid by more than rounding does: Matroska's 33/34 ms steps of a 29.97 fps film are constant,
   * one skipped frame is not.
   */
  get isVariable(): boolean {
    const average = this.averageTicks();
    const tolerance = Math.max(1, average * 0.1);
    for (let i = 0; i < this.length; i++) if (Math.abs(this.#pts[i]! - this.#pts[0]! - i * average) > tolerance) return true;
    return false;
  }
}
