/**
 * When the second lane encodes the images of later frames. It has other work too, and a run that it has begun can't be put off:
 *
 * - With one object and one path it has none: the next two images are encoded as soon as they are known.
 * - Of several objects, or paths of a tree, it takes a part. The image after the next is begun when the present frame's
 *   memories are handed out (the first of them, where objects remember differently many frames), so that this lane has done with it when there are objects to decode.
 */
import type { AheadFeatures, ImageFeatures } from '../../tracking/graphs.ts';

export class ImagesAhead<Features extends ImageFeatures> {
  readonly #encode: (rgb: Uint8Array, forSeveral: boolean) => Promise<Features>;
  /** The lane takes a share of the work on several objects. */
  readonly #isShared: boolean;
  /** Of the present frame, or of the one before until it is attended to. */
  #batch = 1;
  /** The present frame is attended to. */
  #hasAttended = false;
  /** Begin what waits for the present frame's attention, and for its memories. */
  #afterAttention: (() => void) | null = null;
  #afterMemories: (() => void) | null = null;

  /** @param encode `forSeveral`: objects or paths, for which the other thread has no time to make what attention begins with */
  constructor(encode: (rgb: Uint8Array, forSeveral: boolean) => Promise<Features>, isShared: boolean) {
    this.#encode = encode;
    this.#isShared = isShared;
  }

  /** @returns null for the frame after the next, where that is of no use */
  begin(rgb: Uint8Array, isNext: boolean): AheadFeatures | null {
    if (!isNext && !this.#isShared) return null;
    const { promise: features, resolve } = Promise.withResolvers<Features>();
    // Whoever wants them is told; nobody may.
    features.catch(() => {});
    let isDropped = false;
    let isBegun = false;
    const begin = (): void => {
      if (isDropped || isBegun) return;
      isBegun = true;
      resolve(this.#encode(rgb, this.#isShared && this.#batch > 1));
    };
    const next = (): void => {
      if (!this.#isShared || this.#batch === 1 || this.#hasAttended) begin();
      else this.#afterAttention = begin;
    };
    if (isNext) next();
    else if (this.#batch === 1) begin();
    else this.#afterMemories = begin;
    return {
      features,
      next,
      start: () => {
        this.newFrame();
        begin();
      },
      drop: () => {
        isDropped = true;
        features.then(
          (encoded) => encoded.dispose?.(),
          () => {},
        );
      },
    };
  }

  /** The work on another frame begins. */
  newFrame(): void {
    this.#hasAttended = false;
  }

  /** @param batch objects or paths whose memories are attended to now */
  attends(batch: number): void {
    this.#batch = batch;
    this.#hasAttended = true;
    this.#afterAttention?.();
    this.#afterAttention = null;
  }

  /** The present frame's memories have been handed out. */
  remembers(): void {
    this.#afterMemories?.();
    this.#afterMemories = null;
  }
}
