/**
 * When each frame is shown. At an even rate that is a product; at a variable one the host's times are fetched, in parts
 * from the first frame on, and what is not there yet is guessed from the clip's length.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Media } from '../../shared/contract/state.ts';
import type { Client } from '../transport/client.ts';

/** Asked for at once; the contract's most. */
const partFrames = 10_000;
/** Times are rounded on their way; a time within this of a frame's own means that frame. */
const slackMs = 0.5;

type Clip = Pick<Media, 'frameCount' | 'durationMs' | 'averageFps' | 'isVariableFrameRate'>;

export class FrameTimes {
  /** Frames whose exact times are known; grows until it is their number. */
  readonly store: StoreApi<{ known: number }> = createStore(() => ({ known: 0 }));
  readonly #client: Pick<Client, 'call'>;
  #sessionId = '';
  #clip: Clip = { frameCount: 1, durationMs: 0, averageFps: 25, isVariableFrameRate: false };
  #times = new Float64Array(0);
  #known = 0;
  /** Grows with every clip, so that answers about a former one are dropped. */
  #turn = 0;
  #isLoading = false;

  constructor(client: Pick<Client, 'call'>) {
    this.#client = client;
  }

  /** Another clip, of this session. */
  open(sessionId: string, clip: Clip): void {
    this.#sessionId = sessionId;
    this.#clip = clip;
    this.#known = 0;
    this.#turn++;
    this.#times = new Float64Array(clip.isVariableFrameRate ? clip.frameCount : 0);
    this.store.setState({ known: 0 });
    if (clip.isVariableFrameRate) void this.#load(this.#turn);
  }

  /** The same clip, longer: what is known stays, and the times of the new frames are fetched. */
  grow(clip: Clip): void {
    if (clip.isVariableFrameRate !== this.#clip.isVariableFrameRate) {
      this.open(this.#sessionId, clip);
      return;
    }
    this.#clip = clip;
    if (!clip.isVariableFrameRate) return;
    if (clip.frameCount > this.#times.length) {
      const times = new Float64Array(Math.max(clip.frameCount, 2 * this.#times.length));
      times.set(this.#times.subarray(0, this.#known));
      this.#times = times;
    }
    if (!this.#isLoading) void this.#load(this.#turn);
  }

  get frameCount(): number {
    return this.#clip.frameCount;
  }

  /** Frames a second that timecode counts; null where frames are not evenly spaced. */
  get timecodeRate(): number | null {
    return this.#clip.isVariableFrameRate ? null : Math.max(1, Math.round(this.#clip.averageFps));
  }

  /** ms from the first frame. */
  timeOf(frame: number): number {
    const at = Math.min(this.#clip.frameCount - 1, Math.max(0, Math.round(frame)));
    if (at < this.#known) return this.#times[at]!;
    if (this.#known === 0) return at * this.#evenMs;
    const last = this.#times[this.#known - 1]!;
    return last + (at - this.#known + 1) * this.#guessMs;
  }

  /** The frame on screen at a time; beyond the ends the first or the last. */
  frameAt(timeMs: number): number {
    const last = this.#clip.frameCount - 1;
    if (this.#known === 0) return clamp(Math.floor((timeMs + slackMs) / this.#evenMs), last);
    const end = this.#times[this.#known - 1]!;
    if (timeMs + slackMs >= end)
      return clamp(this.#known - 1 + (this.#guessMs > 0 ? Math.floor((timeMs + slackMs - end) / this.#guessMs) : 0), last);
    let low = 0;
    let high = this.#known - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#times[middle]! <= timeMs + slackMs) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The frame whose own time is the nearest. */
  nearest(timeMs: number): number {
    const frame = this.frameAt(timeMs);
    const next = Math.min(frame + 1, this.#clip.frameCount - 1);
    return this.timeOf(next) - timeMs < timeMs - this.timeOf(frame) ? next : frame;
  }

  /** Where a time lies among the frames, between them too: halfway through the time of frame 7 is 7.5. */
  positionAt(timeMs: number): number {
    const frame = this.frameAt(timeMs);
    const from = this.timeOf(frame);
    const isLast = frame >= this.#clip.frameCount - 1;
    const length = isLast ? Math.max(this.#evenMs, this.#clip.durationMs - from) : this.timeOf(frame + 1) - from;
    return frame + Math.max(0, length > 0 ? (timeMs - from) / length : 0);
  }

  /** {@link timeOf} for places between frames and at the clip's end. */
  timeAtPosition(position: number): number {
    const { frameCount, durationMs } = this.#clip;
    const frame = clamp(Math.floor(position), frameCount - 1);
    const from = this.timeOf(frame);
    const to = frame < frameCount - 1 ? this.timeOf(frame + 1) : Math.max(from + this.#evenMs, durationMs);
    return from + (position - frame) * (to - from);
  }

  get #evenMs(): number {
    return 1000 / this.#clip.averageFps;
  }

  /** Between two of the frames that are not known yet. */
  get #guessMs(): number {
    const left = this.#clip.frameCount - this.#known;
    return left > 0 ? Math.max(0, this.#clip.durationMs - this.#times[this.#known - 1]!) / (left + 1) : this.#evenMs;
  }

  async #load(turn: number): Promise<void> {
    this.#isLoading = true;
    try {
      while (this.#known < this.#clip.frameCount) {
        const from = this.#known;
        const to = Math.min(this.#clip.frameCount, from + partFrames) - 1;
        const { timesMs } = await this.#client.call('session.frameTimes', { sessionId: this.#sessionId, from, to });
        if (turn !== this.#turn || timesMs.length === 0) return;
        this.#times.set(timesMs.slice(0, to - from + 1), from);
        this.#known = Math.min(to + 1, from + timesMs.length);
        this.store.setState({ known: this.#known });
      }
    } catch {
      // The link was lost: it is opened for the same clip again when it is back.
    } finally {
      if (turn === this.#turn) this.#isLoading = false;
    }
  }
}

const clamp = (frame: number, last: number): number => Math.min(last, Math.max(0, frame));
