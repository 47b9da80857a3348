/** Frames a second over the last few seconds, so that ETA follows a change of pace. */
export class RateMeter {
  #samples: { timeMs: number; done: number }[] = [];
  readonly #windowMs: number;

  constructor(windowMs = 4000) {
    this.#windowMs = windowMs;
  }

  add(done: number, timeMs: number): void {
    this.#samples.push({ timeMs, done });
    while (this.#samples.length > 2 && this.#samples[0]!.timeMs < timeMs - this.#windowMs) this.#samples.shift();
  }

  /** What is counted is another thing now. */
  restart(): void {
    this.#samples = [];
  }

  /** null until there is something to go by. */
  get perSecond(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.timeMs - first.timeMs < 100) return null;
    return ((last.done - first.done) * 1000) / (last.timeMs - first.timeMs);
  }

  /** null until there is something to go by, and where nobody knows how much there is. */
  msLeft(done: number, total: number): number | null {
    const rate = this.perSecond;
    return rate && total > 0 ? (Math.max(0, total - done) * 1000) / rate : null;
  }
}
