/**
 * How long graphs ran, and how long any did: two threads run them beside each other, so the graphs' times can add up to
 * more than went by.
 */

import type { GraphTimings, TimedGraph } from '../../api/timings.ts';

const none = (): GraphTimings => ({ imageEncoder: 0, memoryAttention: 0, maskDecoder: 0, memoryEncoder: 0, inside: 0 });

export class RunTimes {
  #timings = none();
  #runs: { startMs: number; endMs: number }[] = [];
  /** Until when time has been counted; a run that is told later may have begun before. */
  #reachedMs = Number.NEGATIVE_INFINITY;

  add(graph: TimedGraph, startMs: number, endMs: number): void {
    this.#timings[graph] += endMs - startMs;
    this.#runs.push({ startMs, endMs });
  }

  /** What ran since the last call. */
  take(): GraphTimings {
    const taken = this.#timings;
    for (const { startMs, endMs } of this.#runs.sort((a, b) => a.startMs - b.startMs)) {
      taken.inside += Math.max(0, endMs - Math.max(this.#reachedMs, startMs));
      this.#reachedMs = Math.max(this.#reachedMs, endMs);
    }
    this.#timings = none();
    this.#runs = [];
    return taken;
  }
}

/** ms since the epoch, which threads share; finer than Date.now. */
export const absoluteMs = (): number => performance.timeOrigin + performance.now();
