/** Which frames an object has been tracked on, and in which direction: two bits a frame, so hours stay small. */
export class TrackedFrames {
  #bytes = new Uint8Array(64);

  /** undefined = never tracked. */
  get(frame: number): { reverse: boolean } | undefined {
    const value = ((this.#bytes[frame >> 2] ?? 0) >> ((frame & 3) * 2)) & 3;
    return value === 0 ? undefined : { reverse: value === 2 };
  }

  set(frame: number, reverse: boolean): void {
    this.#write(frame, reverse ? 2 : 1);
  }

  delete(frame: number): void {
    if (frame >> 2 < this.#bytes.length) this.#write(frame, 0);
  }

  clear(): void {
    this.#bytes = new Uint8Array(64);
  }

  #write(frame: number, value: number): void {
    const at = frame >> 2;
    if (at >= this.#bytes.length) {
      const grown = new Uint8Array(Math.max(at + 1, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    const shift = (frame & 3) * 2;
    this.#bytes[at] = (this.#bytes[at]! & ~(3 << shift)) | (value << shift);
  }
}
