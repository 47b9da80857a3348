/**
 * Which frame is due. Playback is paced by media time: the clock runs from an anchor, frames are shown when their own time has
 * come (so variable frame rates play right), and when pictures come too slowly frames are left out rather than time stretched.
 */

/** Behind by more than this, the clock waits for the picture instead of running away from it. */
const mostLagMs = 1000;

export class PlaybackClock {
  readonly #frameMs: number;
  readonly #lastFrame: number;
  #anchorMediaMs = 0;
  #anchorWallMs = 0;
  #newest = { frame: 0, timeMs: 0 };

  constructor(frameMs: number, lastFrame: number) {
    this.#frameMs = frameMs;
    this.#lastFrame = lastFrame;
  }

  /** Starts (or goes on) from a frame that is on screen now. */
  start(frame: number, timeMs: number, wallMs: number): void {
    this.#anchorMediaMs = timeMs;
    this.#anchorWallMs = wallMs;
    this.#newest = { frame, timeMs };
  }

  mediaMs(wallMs: number): number {
    return this.#anchorMediaMs + (wallMs - this.#anchorWallMs);
  }

  isDue(timeMs: number, wallMs: number): boolean {
    return this.mediaMs(wallMs) >= timeMs - 2;
  }

  /** The frame to ask for next, or null after the last. */
  next(wallMs: number): number | null {
    if (this.#newest.frame >= this.#lastFrame) return null;
    const behindMs = this.mediaMs(wallMs) - this.#newest.timeMs;
    const skipped = Math.max(0, Math.floor(behindMs / this.#frameMs - 1));
    return Math.min(this.#lastFrame, this.#newest.frame + 1 + skipped);
  }

  /** A picture arrived. */
  arrived(frame: number, timeMs: number, wallMs: number): void {
    if (frame > this.#newest.frame) this.#newest = { frame, timeMs };
    if (this.mediaMs(wallMs) - timeMs > mostLagMs) {
      this.#anchorMediaMs = timeMs;
      this.#anchorWallMs = wallMs;
    }
  }
}
