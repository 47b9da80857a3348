/** Numbers 0, 1, 2, … that two threads take in turn: each number once, by whichever thread asks first. */
export class SharedCursor {
  /** Crosses threads as it is. */
  readonly cell: Int32Array<SharedArrayBuffer>;

  constructor(cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))) {
    this.cell = cell;
  }

  take(): number {
    return Atomics.add(this.cell, 0, 1);
  }

  /** Nobody gets a number below `count` any more. */
  end(count: number): void {
    Atomics.store(this.cell, 0, count);
  }
}
