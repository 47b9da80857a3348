/**
 * What moves before a still camera. A running mean is the background; regions that differ from it in three of five
 * frames are proposed, at their deepest cell. While the camera moves nearly everything differs: then it is silent.
 */
import { GridMask } from './grid-mask.ts';
import type { LumaPicture } from './luma-picture.ts';
import { type FrameView, isOpen, type PromptStrategy, type Proposal } from './prompt-strategy.ts';

/** How fast the mean follows. */
const followsBy = 0.02;
/** Over this share of changed cells the camera moves, and the mean begins anew. */
const cameraMoves = 0.4;
const [framesSeen, framesKept] = [3, 5];
/** 100 px of a picture of 1280 x 720, as a share. */
const leastShare = 100 / (1280 * 720);

export class MotionStrategy implements PromptStrategy {
  readonly #threshold: number;
  #mean: Float32Array | null = null;
  /** What changed in the last frames, the newest last. */
  #changed: GridMask[] = [];
  #isCameraMoving = false;

  /** @param threshold difference of brightness, 0..255 */
  constructor(threshold: number) {
    this.#threshold = threshold;
  }

  /** The camera moves, or moved a moment ago: nothing can be said. */
  get isSilent(): boolean {
    return this.#isCameraMoving || this.#changed.length < framesSeen;
  }

  observe({ size, values }: LumaPicture): void {
    const mean = this.#mean;
    if (!mean || mean.length !== values.length) {
      this.#begin(values);
      return;
    }
    const changed = GridMask.of(size, (cell) => Math.abs(values[cell]! - mean[cell]!) > this.#threshold);
    this.#isCameraMoving = changed.area > cameraMoves * values.length;
    if (this.#isCameraMoving) {
      this.#begin(values);
      return;
    }
    for (let cell = 0; cell < values.length; cell++) mean[cell]! += followsBy * (values[cell]! - mean[cell]!);
    this.#changed = [...this.#changed, changed].slice(-framesKept);
  }

  propose(view: FrameView, budget: number): Proposal[] {
    if (this.isSilent) return [];
    const { size } = view.picture;
    const moving = GridMask.of(size, (cell) => this.#changed.filter((mask) => mask.has(cell)).length >= framesSeen).grown();
    const proposals: Proposal[] = [];
    for (const region of moving.pieces()) {
      if (proposals.length >= budget || region.area < Math.max(2, leastShare * size * size)) break;
      const cell = deepest(region);
      const point = [((cell % size) + 0.5) / size, (Math.floor(cell / size) + 0.5) / size] as const;
      if (isOpen(view, ...point)) proposals.push({ source: 'motion', point, box: region.box!, key: null, label: null });
    }
    return proposals;
  }

  #begin(values: Uint8Array): void {
    this.#mean = Float32Array.from(values);
    this.#changed = [];
  }
}

/** The cell farthest from the outside of a region, the first of several. */
const deepest = (region: GridMask): number => {
  const { size } = region;
  const distance = new Int32Array(size * size);
  let best = -1;
  for (const isBack of [false, true]) {
    for (let i = 0; i < size * size; i++) {
      const cell = isBack ? size * size - 1 - i : i;
      if (!region.has(cell)) continue;
      const [x, y] = [cell % size, Math.floor(cell / size)];
      const near = isBack
        ? Math.min(x + 1 < size ? distance[cell + 1]! : 0, y + 1 < size ? distance[cell + size]! : 0)
        : Math.min(x > 0 ? distance[cell - 1]! : 0, y > 0 ? distance[cell - size]! : 0);
      distance[cell] = isBack ? Math.min(distance[cell]!, near + 1) : near + 1;
      if (isBack && (best < 0 || distance[cell]! >= distance[best]!)) best = cell;
    }
  }
  return best;
};
