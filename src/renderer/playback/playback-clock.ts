/**
 * Which frame is due. Playback is paced by media time: the clock runs from an anchor, frames are shown when their own
 * time has come (so variable frame rates play right), and when pictures come too slowly frames are left out rather than
 * time stretched.
 */

/** Behind by more than this, the clock waits for the picture instead of running away from it. */
const mostLagMs = 1000;

/** The frames of a clip in time. */
export interface FrameClock {
  readonly frameCount: number;
  /** ms from the first frame. */
  timeOf(frame: number): number;
  /** The frame on screen at a time. */
  frameAt(timeMs: number): number;
}

export class PlaybackClock {
  readonly #times: FrameClock;
  #anchorMediaMs = 0;
  #anchorWallMs = 0;
  #newest = { frame: 0, timeMs: 0 };

  constructor(times: FrameClock) {
    this.#times = times;
  }

  /** Starts (or goes on) from a frame that is on screen now; -1 when the first is still to come. */
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

  /** The frame to ask for next, or null after the last: the one after the newest, or that of now when it is late. */
  next(wallMs: number): number | null {
    const last = this.#times.frameCount - 1;
    if (this.#newest.frame >= last) return null;
    const now = this.mediaMs(wallMs);
    return Math.min(last, Math.max(this.#newest.frame + 1, now < 0 ? 0 : this.#times.frameAt(now)));
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
