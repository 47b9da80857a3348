/** Masks on the model's logit grid as bits, 32 cells to a word: comparing two of 88 x 88 is 242 words. */

import type { BoxEdges } from '../../common/box-iou.ts';

export class GridMask {
  /** Cells of a side. */
  readonly size: number;
  readonly #words: Uint32Array;

  private constructor(size: number, words: Uint32Array) {
    this.size = size;
    this.#words = words;
  }

  static empty(size: number): GridMask {
    return new GridMask(size, new Uint32Array((size * size + 31) >> 5));
  }

  /** @param isSet told a cell's place, row by row */
  static of(size: number, isSet: (cell: number) => boolean): GridMask {
    const mask = GridMask.empty(size);
    for (let cell = 0; cell < size * size; cell++) if (isSet(cell)) mask.#words[cell >> 5]! |= 1 << (cell & 31);
    return mask;
  }

  /** @param logits [size * size]; set where over `threshold` */
  static ofLogits(logits: Float32Array, size: number, threshold = 0): GridMask {
    return GridMask.of(size, (cell) => logits[cell]! > threshold);
  }

  has(cell: number): boolean {
    return ((this.#words[cell >> 5]! >>> (cell & 31)) & 1) === 1;
  }

  get area(): number {
    let area = 0;
    for (const word of this.#words) area += bitsOf(word);
    return area;
  }

  /** Cells that both have. */
  shared(other: GridMask): number {
    let area = 0;
    for (let i = 0; i < this.#words.length; i++) area += bitsOf(this.#words[i]! & other.#words[i]!);
    return area;
  }

  /** Intersection over union; 0 where both are empty. */
  iou(other: GridMask): number {
    const both = this.shared(other);
    return both === 0 ? 0 : both / (this.area + other.area - both);
  }

  /** The share of this mask that lies in the other, 0..1; 0 for an empty one. */
  insideOf(other: GridMask): number {
    const area = this.area;
    return area === 0 ? 0 : this.shared(other) / area;
  }

  union(other: GridMask): GridMask {
    return new GridMask(
      this.size,
      this.#words.map((word, i) => word | other.#words[i]!),
    );
  }

  /** With the cells that share a side with one of its own. */
  grown(): GridMask {
    const { size } = this;
    return GridMask.of(size, (cell) => {
      const column = cell % size;
      return (
        this.has(cell) ||
        (column > 0 && this.has(cell - 1)) ||
        (column < size - 1 && this.has(cell + 1)) ||
        (cell >= size && this.has(cell - size)) ||
        (cell < size * (size - 1) && this.has(cell + size))
      );
    });
  }

  /** The mean column and row of its cells, in cells; null for an empty mask. */
  get centre(): readonly [number, number] | null {
    let [count, columns, rows] = [0, 0, 0];
    for (let cell = 0; cell < this.size * this.size; cell++) {
      if (!this.has(cell)) continue;
      count++;
      columns += cell % this.size;
      rows += Math.floor(cell / this.size);
    }
    return count === 0 ? null : [columns / count, rows / count];
  }

  /** Moved by whole cells; what leaves the grid is cut off. */
  shifted(columns: number, rows: number): GridMask {
    const { size } = this;
    return GridMask.of(size, (cell) => {
      const [column, row] = [(cell % size) - columns, Math.floor(cell / size) - rows];
      return column >= 0 && column < size && row >= 0 && row < size && this.has(row * size + column);
    });
  }

  /** null for an empty mask. */
  get box(): BoxEdges | null {
    const { size } = this;
    let [left, top, right, bottom] = [size, size, 0, 0];
    for (let cell = 0; cell < size * size; cell++) {
      if (!this.has(cell)) continue;
      const [x, y] = [cell % size, Math.floor(cell / size)];
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
    }
    return right === 0 ? null : [left / size, top / size, right / size, bottom / size];
  }

  /** Its pieces (cells that share a side), the largest first; equal ones in the order of their first cell. */
  pieces(): GridMask[] {
    const { size } = this;
    const seen = new Uint8Array(size * size);
    const found: { cells: number[]; first: number }[] = [];
    for (let start = 0; start < size * size; start++) {
      if (seen[start] || !this.has(start)) continue;
      const cells = [start];
      seen[start] = 1;
      for (let at = 0; at < cells.length; at++) {
        const cell = cells[at]!;
        const column = cell % size;
        for (const next of [column > 0 ? cell - 1 : -1, column < size - 1 ? cell + 1 : -1, cell - size, cell + size]) {
          if (next < 0 || next >= size * size || seen[next] || !this.has(next)) continue;
          seen[next] = 1;
          cells.push(next);
        }
      }
      found.push({ cells, first: start });
    }
    found.sort((a, b) => b.cells.length - a.cells.length || a.first - b.first);
    return found.map(({ cells }) => {
      const piece = GridMask.empty(size);
      for (const cell of cells) piece.#words[cell >> 5]! |= 1 << (cell & 31);
      return piece;
    });
  }
}

const bitsOf = (word: number): number => {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
};
