/**
 * Playing forward or backward at a multiple of the clip's pace: pictures are taken as they can be had, so nothing waits
 * for any.
 */
import type { FrameTimes } from './frame-times.ts';

const fastest = 16;

/** The rate when a direction is asked for: the same one again doubles it. @param now 0 = it stands */
export const shuttleRate = (now: number, direction: 1 | -1): number =>
  Math.sign(now) === direction ? direction * Math.min(fastest, Math.abs(now) * 2) : direction;

export class Shuttle {
  readonly #times: FrameTimes;
  readonly #rate: number;
  readonly #fromMs: number;
  readonly #startMs: number;

  /** @param nowMs of the clock that {@link at} is asked by */
  constructor(times: FrameTimes, rate: number, fromFrame: number, nowMs: number) {
    this.#times = times;
    this.#rate = rate;
    this.#fromMs = times.timeOf(fromFrame);
    this.#startMs = nowMs;
  }

  /** The frame that is due, and whether the clip ends there. */
  at(nowMs: number, frameCount: number): { frame: number; isOver: boolean } {
    const mediaMs = this.#fromMs + this.#rate * (nowMs - this.#startMs);
    const frame = this.#times.frameAt(mediaMs);
    return { frame, isOver: mediaMs < 0 || frame === (this.#rate > 0 ? frameCount - 1 : -1) };
  }
}
