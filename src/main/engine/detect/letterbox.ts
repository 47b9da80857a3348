/** Fits a picture into a detector's square input without changing its shape, and maps boxes back exactly. */

export interface Rgb {
  /** [height, width, 3], rows from the top. */
  data: Uint8Array;
  width: number;
  height: number;
}

export interface Letterbox {
  /** [side, side, 3]: the picture in the upper left, the rest black. */
  data: Uint8Array;
  /** Input px of one unit of the picture's width and height, so that x / scaleX is 0..1. */
  scaleX: number;
  scaleY: number;
}

/**
 * For each place of a row of `to`, the two places of `from` that it lies between and the share of the second, in 1/256.
 */
const between = (from: number, to: number): { first: Int32Array; second: Int32Array; share: Int32Array } => {
  const first = new Int32Array(to);
  const second = new Int32Array(to);
  const share = new Int32Array(to);
  for (let i = 0; i < to; i++) {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    first[i] = Math.floor(at);
    second[i] = Math.min(from - 1, first[i]! + 1);
    share[i] = Math.round((at - first[i]!) * 256);
  }
  return { first, second, share };
};

/**
 * @param picture may be stretched to another shape than the source's, as the tracker's own image is
 * @param shape width / height of the source, which the result has again
 */
export const letterbox = ({ data, width, height }: Rgb, shape: number, side: number): Letterbox => {
  const columns = Math.max(1, Math.min(side, Math.round(shape >= 1 ? side : side * shape)));
  const rows = Math.max(1, Math.min(side, Math.round(shape >= 1 ? side / shape : side)));
  const result = new Uint8Array(side * side * 3);
  const x = between(width, columns);
  const y = between(height, rows);
  // Along rows first, into 16-bit sums, then across.
  const narrowed = new Uint16Array(columns * height * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < columns; column++) {
      const a = (row * width + x.first[column]!) * 3;
      const b = (row * width + x.second[column]!) * 3;
      const part = x.share[column]!;
      const to = (row * columns + column) * 3;
      for (let c = 0; c < 3; c++) narrowed[to + c] = data[a + c]! * (256 - part) + data[b + c]! * part;
    }
  }
  for (let row = 0; row < rows; row++) {
    const a = y.first[row]! * columns * 3;
    const b = y.second[row]! * columns * 3;
    const part = y.share[row]!;
    const to = row * side * 3;
    for (let i = 0; i < columns * 3; i++) result[to + i] = (narrowed[a + i]! * (256 - part) + narrowed[b + i]! * part + 32768) >> 16;
  }
  return { data: result, scaleX: columns, scaleY: rows };
};
