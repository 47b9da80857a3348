/** The brightness of a frame on the model's logit grid: what motion, shot cuts and the memory of probes look at. */

import type { BoxEdges } from '../../common/box-iou.ts';

export interface LumaPicture {
  /** Cells of a side. */
  size: number;
  /** [size * size], 0..255, rows from the top. */
  values: Uint8Array;
}

/** @param image the model's own image, RGB [side, side, 3]; `side` is a multiple of `size` */
export const lumaPicture = (image: Uint8Array, side: number, size: number): LumaPicture => {
  const step = Math.floor(side / size);
  const values = new Uint8Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let sum = 0;
      for (let y = row * step; y < (row + 1) * step; y++) {
        for (let x = column * step, at = (y * side + x) * 3; x < (column + 1) * step; x++, at += 3) {
          sum += 77 * image[at]! + 150 * image[at + 1]! + 29 * image[at + 2]!;
        }
      }
      values[row * size + column] = Math.round(sum / (256 * step * step));
    }
  }
  return { size, values };
};

/**
 * Means of `parts` x `parts` fields of a box, 0..255.
 */
export const signatureOf = ({ size, values }: LumaPicture, [left, top, right, bottom]: BoxEdges, parts = 2): Uint8Array => {
  const signature = new Uint8Array(parts * parts);
  const bounds = (from: number, to: number, part: number): [number, number] => {
    const start = Math.min(size - 1, Math.max(0, Math.floor((from + ((to - from) * part) / parts) * size)));
    const end = Math.min(size, Math.max(start + 1, Math.ceil((from + ((to - from) * (part + 1)) / parts) * size)));
    return [start, end];
  };
  for (let part = 0; part < parts * parts; part++) {
    const [firstRow, lastRow] = bounds(top, bottom, Math.floor(part / parts));
    const [firstColumn, lastColumn] = bounds(left, right, part % parts);
    let sum = 0;
    for (let row = firstRow; row < lastRow; row++)
      for (let column = firstColumn; column < lastColumn; column++) sum += values[row * size + column]!;
    signature[part] = Math.round(sum / ((lastRow - firstRow) * (lastColumn - firstColumn)));
  }
  return signature;
};

/** The greatest difference of two signatures. */
export const signatureDistance = (a: Uint8Array, b: Uint8Array): number => {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
};
