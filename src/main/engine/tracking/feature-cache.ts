/**
 * Image features of the last few frames: prompts come several to a frame, and every object shares them. One frame that is known to come
 * next may be encoded ahead, where the graphs can do that beside other work.
 */
import type { AheadFeatures, ImageFeatures, TrackerGraphs } from './graphs.ts';

/** Gives the model frame [S, S, 3] of a frame when its features are not cached. */
export type ModelFrame = () => Promise<Uint8Array> | Uint8Array;

const cachedFrames = 3;

export class FeatureCache {
  readonly #graphs: TrackerGraphs;
  readonly #features = new Map<number, ImageFeatures>();
  #ahead: { frame: number; encoding: AheadFeatures } | null = null;

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
    const features = await (this.#takeAhead(frame) ?? this.#graphs.encodeImage(await image()));
    this.#features.set(frame, features);
    for (const [oldest, old] of this.#features) {
      if (this.#features.size <= cachedFrames) break;
      old.dispose?.();
      this.#features.delete(oldest);
    }
    return features;
  }

  /** Begins with a frame that is wanted soon; of an earlier one that nobody came for nothing is kept. */
  encodeAhead(frame: number, image: Uint8Array): void {
    if (this.#features.has(frame) || this.#ahead?.frame === frame) return;
    this.#dropAhead();
    const encoding = this.#graphs.encodeAhead?.(image);
    if (encoding) this.#ahead = { frame, encoding };
  }

  clear(): void {
    this.#dropAhead();
    for (const features of this.#features.values()) features.dispose?.();
    this.#features.clear();
  }

  /** What fails ahead fails the frame it was for, and is tried again when that is asked for again. */
  #takeAhead(frame: number): Promise<ImageFeatures> | null {
    if (this.#ahead?.frame !== frame) return null;
    const { encoding } = this.#ahead;
    this.#ahead = null;
    encoding.start();
    return encoding.features;
  }

  #dropAhead(): void {
    this.#ahead?.encoding.features.then(
      (features) => features.dispose?.(),
      () => {},
    );
    this.#ahead = null;
  }
}
