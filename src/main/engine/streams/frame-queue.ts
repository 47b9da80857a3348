/**
 * Pictures between the decoder and whoever takes them: when they come faster than they are taken the oldest go, and are
 * counted.
 */

export class FrameQueue<T> {
  readonly #capacity: number;
  readonly #waiting: T[] = [];
  #wake: (() => void) | null = null;
  /** How many went without being taken. */
  dropped = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get length(): number {
    return this.#waiting.length;
  }

  put(item: T): void {
    this.#waiting.push(item);
    if (this.#waiting.length > this.#capacity) {
      this.#waiting.shift();
      this.dropped++;
    }
    this.wake();
  }

  take(): T | null {
    return this.#waiting.shift() ?? null;
  }

  /** Resolves when something is there, or {@link wake} is called. One waits at a time. */
  async wait(): Promise<void> {
    if (this.#waiting.length > 0) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
