/** A clock whose pauses end at once and are remembered, and whose timers fire when the test says so. */
import type { Clock, Timer } from '../../download/clock.ts';

export class FakeClock implements Clock {
  readonly pauses: number[] = [];
  readonly #timers = new Map<() => void, number>();
  #nowMs = 0;

  now(): number {
    this.#nowMs += 1000;
    return this.#nowMs;
  }

  async delay(ms: number, signal?: AbortSignal): Promise<void> {
    this.pauses.push(ms);
    this.#nowMs += ms;
    signal?.throwIfAborted();
  }

  timer(ms: number, onFire: () => void): Timer {
    this.#timers.set(onFire, ms);
    return { restart: () => {}, stop: () => void this.#timers.delete(onFire) };
  }

  /** Fires the timers of this length. */
  fireTimers(ms: number): void {
    for (const [fire, length] of [...this.#timers]) if (length === ms) fire();
  }
}
