/**
 * Which parts of the picture a mask has to be computed in. Between grid points the logits' interpolation is bounded, so
 * most cells are known to lie wholly within the mask, where its fill is a plain colour, or wholly outside, where
 * nothing is drawn. What is left is where the contour may run: a small part of the picture, which alone needs the
 * costly shader. On a software GPU that is most of the time.
 */

/**
 * Corners all beyond this, on one side, make the shader interpolate linearly; of 127. Twelve far points cannot change
 * the sign then.
 */
export const linearBeyond = 30;

export interface LogitGrid {
  logits: Int8Array;
  width: number;
  height: number;
}

/**
 * Rectangles, four numbers each: left, top, right, bottom in 0..1 of the picture. None overlap, and neighbours share
 * their borders to the bit.
 */
export interface MaskCells {
  inside: Float32Array;
  edge: Float32Array;
}

const outside = 0;
const inside = 1;
const edge = 2;

/** Columns and rows of grid points that the mask has, inclusive; null when it has none. */
const pointsOf = ({ logits, width, height }: LogitGrid): { left: number; right: number; top: number; bottom: number } | null => {
  let left = width;
  let right = -1;
  let top = height;
  let bottom = -1;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (logits[i]! <= 0) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? null : { left, right, top, bottom };
};

/**
 * Of four values in a row: how far the cubic leaves the straight line between the middle two, and how steep it can be.
 */
const bendOf = (a: number, b: number, c: number, d: number): number => Math.abs(a - b - c + d) / 16;
const slopeOf = (a: number, b: number, c: number, d: number): number => 1.25 * Math.max(Math.abs(c - b), Math.abs(b - a), Math.abs(d - c));

class Classifier {
  readonly #grid: LogitGrid;
  readonly #reach: number;

  constructor(grid: LogitGrid, reach: number) {
    this.#grid = grid;
    this.#reach = reach;
  }

  /** The cell between grid points (x, y) and (x + 1, y + 1); those beyond the border repeat it, as in the shader. */
  kind(x: number, y: number): number {
    const { logits, width, height } = this.#grid;
    const left = x < 0 ? 0 : x;
    const right = x + 1 < width ? x + 1 : width - 1;
    const top = (y < 0 ? 0 : y) * width;
    const bottom = (y + 1 < height ? y + 1 : height - 1) * width;
    const a = logits[top + left]!;
    const b = logits[top + right]!;
    const c = logits[bottom + left]!;
    const d = logits[bottom + right]!;
    const least = Math.min(a, b, c, d);
    const most = Math.max(a, b, c, d);
    if (least <= 0 && most >= 0) return edge;
    const margin = least > 0 ? least : -most;
    const isClear =
      margin > linearBeyond
        ? margin > this.#reach * Math.hypot(Math.max(Math.abs(b - a), Math.abs(d - c)), Math.max(Math.abs(c - a), Math.abs(d - b)))
        : this.#isClearCubic(x, y, margin);
    if (!isClear) return edge;
    return least > 0 ? inside : outside;
  }

  #isClearCubic(x: number, y: number, margin: number): boolean {
    let bendX = 0;
    let bendY = 0;
    let slopeX = 0;
    let slopeY = 0;
    for (let k = -1; k < 3; k++) {
      const [a, b, c, d] = [this.#at(x - 1, y + k), this.#at(x, y + k), this.#at(x + 1, y + k), this.#at(x + 2, y + k)];
      bendX = Math.max(bendX, bendOf(a, b, c, d));
      slopeX = Math.max(slopeX, slopeOf(a, b, c, d));
      const [e, f, g, h] = [this.#at(x + k, y - 1), this.#at(x + k, y), this.#at(x + k, y + 1), this.#at(x + k, y + 2)];
      bendY = Math.max(bendY, bendOf(e, f, g, h));
      slopeY = Math.max(slopeY, slopeOf(e, f, g, h));
    }
    // Weights across add up to 1.25 at most, by magnitude.
    return margin > 1.25 * (bendX + bendY + this.#reach * Math.hypot(slopeX, slopeY));
  }

  #at(x: number, y: number): number {
    const { logits, width, height } = this.#grid;
    return logits[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))]!;
  }
}

/**
 * Rectangles as they grow downward: a run of cells that has the same columns in the row above lengthens that one's
 * rectangle.
 */
class Rectangles {
  readonly #columns: number;
  readonly #width: number;
  readonly #height: number;
  /** By first column, the rectangle that ends in the row above: its place in `#cells`, -1 = none. */
  #above: Int32Array;
  #here: Int32Array;
  /** First column, first row, column after the last, row after the last. */
  readonly #cells: number[] = [];

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#columns = width + 1;
    this.#above = new Int32Array(this.#columns).fill(-1);
    this.#here = new Int32Array(this.#columns).fill(-1);
  }

  add(from: number, to: number, row: number): void {
    const known = this.#above[from]!;
    if (known >= 0 && this.#cells[known + 2] === to) {
      this.#cells[known + 3] = row + 1;
      this.#here[from] = known;
    } else {
      this.#here[from] = this.#cells.length;
      this.#cells.push(from, row, to, row + 1);
    }
  }

  endRow(): void {
    [this.#above, this.#here] = [this.#here, this.#above];
    this.#here.fill(-1);
  }

  /** Cells begin in the middle between grid points, but for those at the border, which begin there. */
  get array(): Float32Array {
    const at = (cell: number, points: number): number => Math.min(1, Math.max(0, (cell - 0.5) / points));
    return Float32Array.from(this.#cells, (cell, i) => at(cell, i % 2 === 0 ? this.#width : this.#height));
  }
}

/**
 * @param reach how far from the contour something may differ from a plain fill, in cells: half of the line's width and
 *   of its smoothing
 */
export const maskCells = (grid: LogitGrid, reach: number): MaskCells => {
  const { width, height } = grid;
  const found = [new Rectangles(width, height), new Rectangles(width, height)] as const;
  const points = pointsOf(grid);
  if (points) {
    const classifier = new Classifier(grid, reach);
    // The cubic overshoots by less than two cells; further off, where the logits flatten, a line seems nearer than it
    // is.
    const margin = 2 + 2 * Math.ceil(reach);
    const right = Math.min(width, points.right + 1 + margin);
    const bottom = Math.min(height, points.bottom + 1 + margin);
    const left = Math.max(0, points.left - margin);
    // Column and row 0 lie before the first grid point.
    for (let row = Math.max(0, points.top - margin); row <= bottom; row++) {
      let from = left;
      let kind = classifier.kind(left - 1, row - 1);
      for (let column = left + 1; column <= right + 1; column++) {
        const next = column <= right ? classifier.kind(column - 1, row - 1) : -1;
        if (next === kind) continue;
        if (kind !== outside) found[kind === inside ? 0 : 1].add(from, column, row);
        from = column;
        kind = next;
      }
      for (const rectangles of found) rectangles.endRow();
    }
  }
  return { inside: found[0].array, edge: found[1].array };
};
