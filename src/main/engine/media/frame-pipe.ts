/**
 * Cuts a byte stream into frames of a fixed size, with a small queue: while the queue is full the stream is not read,
 * the kernel's pipe fills, and ffmpeg waits.
 */
import type { Readable } from 'node:stream';
import { eachLine } from './text-lines.ts';

export class FramePipe {
  readonly #frameBytes: number;
  readonly #capacity: number;
  readonly #queue: Uint8Array[] = [];
  #isEnded = false;
  #wakeReader: (() => void) | null = null;
  #wakeFiller: (() => void) | null = null;
  /** The most frames that were ever queued; for tests of the bound. */
  peakQueued = 0;

  constructor(stream: Readable, frameBytes: number, capacity: number) {
    this.#frameBytes = frameBytes;
    this.#capacity = capacity;
    void this.#fill(stream);
  }

  /** The next frame in a buffer of its own, or null at the end (a part of a frame at the end is dropped). */
  async next(): Promise<Uint8Array | null> {
    while (this.#queue.length === 0) {
      if (this.#isEnded) return null;
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
    const frame = this.#queue.shift() as Uint8Array;
    this.#wakeFiller?.();
    return frame;
  }

  async #fill(stream: Readable): Promise<void> {
    let frame = new Uint8Array(this.#frameBytes);
    let filled = 0;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        let at = 0;
        while (at < chunk.length) {
          const count = Math.min(chunk.length - at, this.#frameBytes - filled);
          frame.set(chunk.subarray(at, at + count), filled);
          filled += count;
          at += count;
          if (filled < this.#frameBytes) continue;
          this.#queue.push(frame);
          this.peakQueued = Math.max(this.peakQueued, this.#queue.length);
          this.#wakeReader?.();
          frame = new Uint8Array(this.#frameBytes);
          filled = 0;
          while (this.#queue.length >= this.#capacity) {
            await new Promise<void>((resolve) => {
              this.#wakeFiller = resolve;
            });
          }
        }
      }
    } catch {
      // The child was killed; its exit tells why.
    }
    this.#isEnded = true;
    this.#wakeReader?.();
  }
}

/** The same for lines of text; never pauses (a line is small). */
export class LinePipe {
  readonly #queue: string[] = [];
  #isEnded = false;
  #wake: (() => void) | null = null;

  constructor(stream: Readable) {
    eachLine(stream, (line) => {
      this.#queue.push(line);
      this.#wake?.();
    });
    stream.once('close', () => {
      this.#isEnded = true;
      this.#wake?.();
    });
  }

  async next(): Promise<string | null> {
    while (this.#queue.length === 0) {
      if (this.#isEnded) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#queue.shift() as string;
  }
}
