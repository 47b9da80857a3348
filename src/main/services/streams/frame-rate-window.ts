/** The rate of the last frames of a stream. It holds as many times as frames, however long the stream lives. */

export class FrameRateWindow {
  readonly #times: Float64Array;
  #count = 0;

  /** @param frames of the window; the plan's 30 by default */
  constructor(frames = 30) {
    this.#times = new Float64Array(frames);
  }

  /** @param nowMs of a clock that never goes back */
  add(nowMs: number): void {
    this.#times[this.#count % this.#times.length] = nowMs;
    this.#count++;
  }

  /** Frames a second up to now: a stream that fell silent gets slower. Null before the second frame. */
  perSecond(nowMs: number): number | null {
    const size = this.#times.length;
    const held = Math.min(this.#count, size);
    if (held < 2) return null;
    const oldest = this.#times[(this.#count - held) % size]!;
    const newest = this.#times[(this.#count - 1) % size]!;
    const usualMs = (newest - oldest) / (held - 1);
    // A frame that is due any moment is no slower rate.
    const spanMs = nowMs - newest > 2 * usualMs ? nowMs - oldest : newest - oldest;
    return spanMs > 0 ? ((held - 1) * 1000) / spanMs : null;
  }

  clear(): void {
    this.#count = 0;
  }
}
