/**
 * When the helper thread encodes the images of later frames. It has other work too, and cannot put off a run that it
 * has begun:
 *
 * - With one object and one path it has none: the next two images are encoded as soon as they are known.
 * - Of several objects, or paths of a tree, it takes a share. The image after the next is begun when the present
 *   frame's memories are begun (the first of them, where objects remember differently many frames), so that it is done
 *   when there are objects to decode.
 */
import type { AheadFeatures } from '../../tracking/graphs.ts';

export class ImagesAhead<Features extends object> {
  readonly #encode: (rgb: Uint8Array, forSeveral: boolean, owner: object) => Promise<Features>;
  /** The helper takes a share of the work on several objects. */
  readonly #isShared: boolean;
  /** Objects or paths of the present frame, or of the one before until it is attended to. */
  #batch = 1;
  /** The same by owner: open clips take turns. */
  readonly #batches = new WeakMap<object, number>();
  /** The present frame is attended to. */
  #hasAttended = false;
  /** Begin what waits for the present frame's attention, and for its memories; of several clips, all of it. */
  readonly #afterAttention = new Set<() => void>();
  readonly #afterMemories = new Set<() => void>();

  /**
   * @param encode `forSeveral`: objects or paths, for which this thread would have no time to make what the attention
   *   begins with
   */
  constructor(encode: (rgb: Uint8Array, forSeveral: boolean, owner: object) => Promise<Features>, isShared: boolean) {
    this.#encode = encode;
    this.#isShared = isShared;
  }

  /**
   * @param owner whose frame it is, so that what is known of one clip's objects is not taken for another's
   * @returns null for the frame after the next, where that is of no use
   */
  begin(rgb: Uint8Array, isNext: boolean, owner: object): AheadFeatures | null {
    if (!isNext && !this.#isShared) return null;
    const { promise: features, resolve } = Promise.withResolvers<Features>();
    // Whoever wants them is told; nobody may.
    features.catch(() => {});
    let isDropped = false;
    let isBegun = false;
    const begin = (): void => {
      if (isDropped || isBegun) return;
      isBegun = true;
      resolve(this.#encode(rgb, this.#isShared && this.#batchOf(owner) > 1, owner));
    };
    const next = (): void => {
      if (!this.#isShared || this.#batch === 1 || this.#hasAttended) begin();
      else this.#afterAttention.add(begin);
    };
    if (isNext) next();
    else if (this.#batch === 1) begin();
    else this.#afterMemories.add(begin);
    return {
      features,
      next,
      start: () => {
        this.newFrame(owner);
        begin();
      },
      drop: () => {
        isDropped = true;
      },
    };
  }

  /** The work on another frame begins. */
  newFrame(owner: object): void {
    this.#hasAttended = false;
    this.#batch = this.#batchOf(owner);
  }

  /** @param batch objects or paths whose memories are attended to now */
  attends(batch: number, owner: object): void {
    this.#batch = batch;
    this.#batches.set(owner, batch);
    this.#hasAttended = true;
    release(this.#afterAttention);
  }

  /** The present frame's memories have been handed out. */
  remembers(): void {
    release(this.#afterMemories);
  }

  #batchOf(owner: object): number {
    return this.#batches.get(owner) ?? 1;
  }
}

const release = (waiting: Set<() => void>): void => {
  const all = [...waiting];
  waiting.clear();
  for (const begin of all) begin();
};
