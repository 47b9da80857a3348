/**
 * What is known of a source that is live: it grows. Before the first picture it is a guess, so that there is something
 * to draw.
 */

import type { OpenedMedia } from '../../engine/api/media.ts';
import type { EngineEvents } from '../../engine/api/protocol.ts';

export class LiveMedia implements OpenedMedia {
  width = 1280;
  height = 720;
  codec = 'unknown';
  colorSpace: OpenedMedia['colorSpace'] = 'bt709';
  fullRange = false;
  hasAudio = false;
  readonly damage = null;
  readonly repair = null;
  readonly stream = 0;
  readonly isInterlaced = false;
  readonly isDeinterlaced = false;
  readonly isToneMapped = false;
  readonly hdr = null;
  readonly pictures = null;
  readonly isVariableFrameRate = true;
  readonly timeBase = { num: 1, den: 1000 };
  get streams(): OpenedMedia['streams'] {
    return [{ codec: this.codec, width: this.width, height: this.height }];
  }

  #times = new Float64Array(1024);
  #count = 0;

  /** Frames that came. */
  get count(): number {
    return this.#count;
  }

  /** At least one, as of every clip. */
  get frameCount(): number {
    return Math.max(1, this.#count);
  }

  get durationMs(): number {
    return this.#count === 0 ? 0 : this.#times[this.#count - 1]! + 1000 / this.averageFps;
  }

  get averageFps(): number {
    const lastMs = this.#count < 2 ? 0 : this.#times[this.#count - 1]!;
    return lastMs > 0 ? ((this.#count - 1) * 1000) / lastMs : 25;
  }

  /** ms of each frame; what lies behind {@link count} is nothing. */
  get ptsTicks(): Float64Array<ArrayBuffer> {
    return this.#times;
  }

  describe({ width, height, codec, colorSpace, fullRange, hasAudio }: Omit<EngineEvents['liveMedia'], 'sessionId'>): void {
    Object.assign(this, { width, height, codec, colorSpace, fullRange, hasAudio });
  }

  add(frame: number, timeMs: number): void {
    if (frame >= this.#times.length) {
      const grown = new Float64Array(Math.max(frame + 1, this.#times.length * 2));
      grown.set(this.#times);
      this.#times = grown;
    }
    this.#times[frame] = timeMs;
    this.#count = Math.max(this.#count, frame + 1);
  }
}
