/** The last pictures of a live source within a budget of bytes, to be shown, clicked and tracked again. */

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
  readonly #frames: LiveFrame[] = [];
  readonly #prompted = new Map<number, Uint8Array>();
  #bytes = 0;

  /** @param budget bytes; the newest frame is held whatever it takes */
  constructor(budget: number) {
    this.#budget = budget;
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
    while (this.#bytes > this.#budget && this.#frames.length > 1) this.#bytes -= sizeOf(this.#frames.shift()!);
  }

  get(frame: number): LiveFrame | undefined {
    return this.#frames[frame - (this.#frames[0]?.frame ?? 0)];
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
