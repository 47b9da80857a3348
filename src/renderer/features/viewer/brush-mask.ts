/** Masks as bytes at the source's size, for painting: from a picture of logits, and to the text that prompts carry. */
import type { CompressedMask } from '../../../shared/prompts.ts';
import { compressCounts, decodeRle, encodeRle, expandCounts } from '../../../shared/rle.ts';
import type { FrameOverlay } from '../../../shared/wire.ts';

/** The mask a logit grid stands for: bilinear between grid centres, set where the value is over 0. */
export const maskFromLogits = (
  { logits, width, height, objectLogit }: Pick<FrameOverlay, 'logits' | 'width' | 'height' | 'objectLogit'>,
  outWidth: number,
  outHeight: number,
): Uint8Array => {
  const mask = new Uint8Array(outWidth * outHeight);
  if (objectLogit <= 0) return mask;
  const columns = axisOf(width, outWidth);
  const rows = axisOf(height, outHeight);
  for (let y = 0; y < outHeight; y++) {
    const top = rows.low[y]! * width;
    const bottom = rows.high[y]! * width;
    const v = rows.share[y]!;
    for (let x = 0; x < outWidth; x++) {
      const left = columns.low[x]!;
      const right = columns.high[x]!;
      const u = columns.share[x]!;
      const above = logits[top + left]! * (1 - u) + logits[top + right]! * u;
      const below = logits[bottom + left]! * (1 - u) + logits[bottom + right]! * u;
      if (above * (1 - v) + below * v > 0) mask[y * outWidth + x] = 1;
    }
  }
  return mask;
};

/** For each output pixel the two grid cells it lies between, and how far towards the second. */
const axisOf = (cells: number, pixels: number): { low: Int32Array; high: Int32Array; share: Float32Array } => {
  const low = new Int32Array(pixels);
  const high = new Int32Array(pixels);
  const share = new Float32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const at = Math.min(cells - 1, Math.max(0, ((i + 0.5) * cells) / pixels - 0.5));
    low[i] = Math.floor(at);
    high[i] = Math.min(cells - 1, low[i]! + 1);
    share[i] = at - low[i]!;
  }
  return { low, high, share };
};

export const maskFromText = (mask: CompressedMask): Uint8Array => decodeRle({ size: mask.size, counts: expandCounts(mask.counts) });

/** RGBA of a painted canvas as a mask: set where it is more opaque than not. */
export const maskFromRgba = (rgba: Uint8ClampedArray, width: number, height: number): CompressedMask => {
  const bytes = new Uint8Array(width * height);
  for (let i = 0; i < bytes.length; i++) bytes[i] = rgba[4 * i + 3]! > 127 ? 1 : 0;
  const { size, counts } = encodeRle(bytes, width, height);
  return { size, counts: compressCounts(counts) };
};

/** Whether a source pixel lies in the mask that a logit grid stands for. */
export const isInMask = (overlay: FrameOverlay, x: number, y: number, width: number, height: number): boolean => {
  if (overlay.objectLogit <= 0 || x < 0 || y < 0 || x >= width || y >= height) return false;
  const column = Math.min(overlay.width - 1, Math.floor((x / width) * overlay.width));
  const row = Math.min(overlay.height - 1, Math.floor((y / height) * overlay.height));
  return overlay.logits[row * overlay.width + column]! > 0;
};
