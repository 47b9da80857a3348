/**
 * The masks of an export as it needs them. The host holds them, and hours of many objects fit neither into one message
 * nor into memory, so they are asked for in slices, one ahead.
 */
import { AppError } from '../../../shared/errors.ts';

export const sliceFrames = 64;

/** COCO compressed counts at the source's size, by object. */
export type FrameMasks = ReadonlyMap<number, string>;

interface Slice {
  masks: Map<number, FrameMasks> | null;
  waiting: (() => void)[];
}

const none: FrameMasks = new Map();

export class MaskFeed {
  readonly #range: { from: number; to: number };
  readonly #ask: (from: number, to: number) => void;
  readonly #slices = new Map<number, Slice>();
  readonly #signal: AbortSignal;
  /** The last frame that is wanted. */
  #last: number;
  /** The last one that was handed out. */
  #reached: number;
  #isWhole = true;

  /** @param ask is called for each slice, in order; {@link put} answers it */
  constructor(range: { from: number; to: number }, ask: (from: number, to: number) => void, signal: AbortSignal) {
    this.#range = range;
    this.#ask = ask;
    this.#signal = signal;
    this.#last = range.to;
    this.#reached = range.from - 1;
    signal.addEventListener('abort', () => this.#wakeAll(), { once: true });
  }

  /** @param from first frame of the slice that was asked for */
  put(from: number, frames: readonly { frame: number; masks: readonly (readonly [number, string])[] }[]): void {
    const slice = this.#slices.get(this.#numberOf(from));
    if (!slice) return;
    slice.masks = new Map(frames.map(({ frame, masks }) => [frame, new Map(masks)]));
    for (const wake of slice.waiting.splice(0)) wake();
  }

  /**
   * Nothing after this frame is wanted.
   * @param last null = after the frame that was handed out last
   * @param isWhole there is no more
   */
  end(last: number | null, isWhole: boolean): void {
    const wanted = last ?? this.#reached;
    if (wanted >= this.#last) return;
    this.#last = wanted;
    this.#isWhole = isWhole;
    this.#wakeAll();
  }

  /** False when it was told to end before everything was handed out. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /**
   * Frames must be asked for in their order.
   * @returns null after the last one that is wanted
   * @throws AppError `cancelled`
   */
  async at(frame: number): Promise<FrameMasks | null> {
    if (frame > this.#last) return null;
    const number = this.#numberOf(frame);
    for (const old of this.#slices.keys()) if (old < number) this.#slices.delete(old);
    const slice = this.#slice(number);
    this.#slice(number + 1);
    while (slice?.masks === null && frame <= this.#last && !this.#signal.aborted)
      await new Promise<void>((wake) => slice.waiting.push(wake));
    if (this.#signal.aborted) throw new AppError('cancelled', 'The work was cancelled.');
    if (frame > this.#last) return null;
    this.#reached = frame;
    return slice?.masks?.get(frame) ?? none;
  }

  #slice(number: number): Slice | undefined {
    const known = this.#slices.get(number);
    const from = this.#range.from + number * sliceFrames;
    if (known || from > this.#range.to) return known;
    const slice: Slice = { masks: null, waiting: [] };
    this.#slices.set(number, slice);
    this.#ask(from, Math.min(this.#range.to, from + sliceFrames - 1));
    return slice;
  }

  #numberOf(frame: number): number {
    return Math.floor((frame - this.#range.from) / sliceFrames);
  }

  #wakeAll(): void {
    for (const { waiting } of this.#slices.values()) for (const wake of waiting.splice(0)) wake();
  }
}
