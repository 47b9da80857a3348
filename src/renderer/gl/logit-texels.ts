/** Logits as the mask's shader reads them: a cubic takes four fetches rather than sixteen. */

/** Of a texture of four channels. */
export const texelsSize = (width: number, height: number): { width: number; height: number } => ({ width: width + 1, height: height + 4 });

/**
 * Texel (x, y) holds the points x - 2 to x + 1 of the grid's row y - 2, each plus 128; points beyond the border repeat
 * it. So every cell, also those half outside the grid, finds its four rows below each other.
 * @param texels four bytes for each texel of `texelsSize`
 */
export const packLogitTexels = (logits: Int8Array, width: number, height: number, texels: Uint8Array): void => {
  const size = texelsSize(width, height);
  for (let y = 0, to = 0; y < size.height; y++) {
    const row = Math.min(height - 1, Math.max(0, y - 2)) * width;
    for (let x = 0; x < size.width; x++, to += 4) {
      texels[to] = logits[row + Math.max(0, x - 2)]! + 128;
      texels[to + 1] = logits[row + Math.max(0, x - 1)]! + 128;
      texels[to + 2] = logits[row + Math.min(width - 1, x)]! + 128;
      texels[to + 3] = logits[row + Math.min(width - 1, x + 1)]! + 128;
    }
  }
};
