/** Image features of the last few frames: prompts come several to a frame, and every object shares them. */
import type { ImageFeatures, TrackerGraphs } from './graphs.ts';

/** Gives the model frame [S, S, 3] of a frame when its features are not cached. */
export type ModelFrame = () => Promise<Uint8Array> | Uint8Array;

const cachedFrames = 3;

export class FeatureCache {
  readonly #graphs: TrackerGraphs;
  readonly #features = new Map<number, ImageFeatures>();

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
    const features = await this.#graphs.encodeImage(await image());
    this.#features.set(frame, features);
    for (const [oldest, old] of this.#features) {
      if (this.#features.size <= cachedFrames) break;
      old.dispose?.();
      this.#features.delete(oldest);
    }
    return features;
  }

  clear(): void {
    for (const features of this.#features.values()) features.dispose?.();
    this.#features.clear();
  }
}
