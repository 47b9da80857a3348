/**
 * Image features of the last few frames: prompts come several to a frame, and every object shares them. One frame that
 * is known to come next, and the one after it, may be encoded ahead, where the graphs can do that beside other work.
 */
import type { AheadFeatures, ImageFeatures, TrackerGraphs } from './graphs.ts';

/** Gives the model frame [S, S, 3] of a frame when its features are not cached. */
export type ModelFrame = () => Promise<Uint8Array> | Uint8Array;

export interface UpcomingFrame {
  frame: number;
  /** [S, S, 3] */
  image: Uint8Array;
}

const cachedFrames = 3;
/** Of which one may be encoded while another waits to be tracked. */
const framesAhead = 2;

export class FeatureCache {
  readonly #graphs: TrackerGraphs;
  readonly #features = new Map<number, ImageFeatures>();
  /** By frame. */
  readonly #ahead = new Map<number, AheadFeatures>();

  constructor(graphs: TrackerGraphs) {
    this.#graphs = graphs;
  }

  async of(frame: number, image: ModelFrame): Promise<ImageFeatures> {
    const cached = this.#features.get(frame);
    if (cached) {
      this.#features.delete(frame);
      this.#features.set(frame, cached);
      return cached;
    }
    const features = await (this.#takeAhead(frame) ?? this.#graphs.encodeImage(await image(), this));
    this.#features.set(frame, features);
    for (const oldest of this.#features.keys()) {
      if (this.#features.size <= cachedFrames) break;
      this.#features.delete(oldest);
    }
    return features;
  }

  /** @param upcoming what is wanted soon, the next frame first; of others that nobody came for nothing is kept */
  encodeAhead(upcoming: readonly UpcomingFrame[]): void {
    const wanted = upcoming.slice(0, framesAhead);
    this.#dropAhead((frame) => !wanted.some((other) => other.frame === frame));
    wanted.forEach(({ frame, image }, index) => {
      if (this.#features.has(frame)) return;
      const known = this.#ahead.get(frame);
      if (known && index === 0) known.next();
      const encoding = known ?? this.#graphs.encodeAhead?.(image, index === 0, this);
      if (encoding) this.#ahead.set(frame, encoding);
    });
  }

  clear(): void {
    this.#dropAhead(() => true);
    this.#features.clear();
  }

  /** What fails ahead fails the frame it was for, and is tried again when that is asked for again. */
  #takeAhead(frame: number): Promise<ImageFeatures> | null {
    const encoding = this.#ahead.get(frame);
    if (!encoding) return null;
    this.#ahead.delete(frame);
    encoding.start();
    return encoding.features;
  }

  #dropAhead(isUnwanted: (frame: number) => boolean): void {
    for (const [frame, encoding] of this.#ahead) {
      if (!isUnwanted(frame)) continue;
      encoding.drop();
      this.#ahead.delete(frame);
    }
  }
}
