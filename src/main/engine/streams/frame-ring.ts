/**
 * The last pictures of a live source within a budget of bytes and of frames, to be shown, clicked and tracked again. A
 * frame that is asked for is the one that is held: its planes are shared, so nobody may change them.
 */

export interface LiveFrame {
  frame: number;
  timeMs: number;
  /** Y, U, V (4:2:0) at the display's size. */
  display: Uint8Array;
  /** RGB, [S, S, 3]. */
  model: Uint8Array;
}

/** The model's view of frames with prompts stays when they leave the ring: an undo may want it. */
const keptPrompted = 24;

export class FrameRing {
  readonly #budget: number;
  readonly #mostFrames: number;
  readonly #frames: LiveFrame[] = [];
  readonly #prompted = new Map<number, Uint8Array>();
  #bytes = 0;

  /** @param budget bytes; the newest frame is held whatever it takes @param mostFrames whichever is less */
  constructor(budget: number, mostFrames = Number.POSITIVE_INFINITY) {
    this.#budget = budget;
    this.#mostFrames = mostFrames;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Numbers of the oldest and the newest frame. */
  get range(): { from: number; to: number } | null {
    const first = this.#frames[0];
    return first ? { from: first.frame, to: this.#frames.at(-1)!.frame } : null;
  }

  /** @param frame its number follows that of the last one */
  push(frame: LiveFrame): void {
    this.#frames.push(frame);
    this.#bytes += sizeOf(frame);
    while ((this.#bytes > this.#budget || this.#frames.length > this.#mostFrames) && this.#frames.length > 1)
      this.#bytes -= sizeOf(this.#frames.shift()!);
  }

  get(frame: number): LiveFrame | undefined {
    return this.#frames[frame - (this.#frames[0]?.frame ?? 0)];
  }

  /** The frame that was shown at a time: the last one that is not later. Undefined before the oldest frame. */
  at(timeMs: number): LiveFrame | undefined {
    let low = 0;
    let high = this.#frames.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#frames[middle]!.timeMs <= timeMs) low = middle + 1;
      else high = middle;
    }
    return this.#frames[low - 1];
  }

  /** The newest frames, the oldest of them first; fewer where fewer are held. */
  last(count: number): LiveFrame[] {
    return count <= 0 ? [] : this.#frames.slice(-count);
  }

  /** The model's view of a frame that is here, or was when it was prompted. */
  modelFrame(frame: number): Uint8Array | undefined {
    return this.get(frame)?.model ?? this.#prompted.get(frame);
  }

  /** The frame has a prompt: its model's view is kept. */
  pin(frame: number, model: Uint8Array): void {
    this.#prompted.delete(frame);
    this.#prompted.set(frame, model);
    if (this.#prompted.size > keptPrompted) this.#prompted.delete(this.#prompted.keys().next().value!);
  }

  clear(): void {
    this.#frames.length = 0;
    this.#prompted.clear();
    this.#bytes = 0;
  }
}

const sizeOf = ({ display, model }: LiveFrame): number => display.byteLength + model.byteLength;
