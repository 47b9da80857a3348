/**
 * PyTorch's antialiased bilinear resize, which makes a model's mask from a mask prompt (rule 7): a separable filter
 * with a support that grows with the reduction.
 */

interface Taps {
  /** First source index of each output position. */
  start: Int32Array;
  /** Weights of each output position, `size` apart. */
  weights: Float64Array;
  size: number;
}

const triangle = (t: number): number => Math.max(0, 1 - Math.abs(t));

const makeTaps = (from: number, to: number): Taps => {
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  const reach = filterScale;
  const size = Math.ceil(reach) * 2 + 1;
  const start = new Int32Array(to);
  const weights = new Float64Array(to * size);
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(center - reach + 0.5));
    const last = Math.min(from, Math.floor(center + reach + 0.5));
    let sum = 0;
    for (let k = first; k < last; k++) {
      const weight = triangle((k - center + 0.5) / filterScale);
      weights[i * size + k - first] = weight;
      sum += weight;
    }
    if (sum !== 0) for (let k = 0; k < last - first; k++) weights[i * size + k]! /= sum;
    start[i] = first;
  }
  return { start, weights, size };
};

/** PyTorch's `interpolate(mode="bilinear", align_corners=False, antialias=True)` of one float plane. */
export const resizePlaneAntialiased = (
  plane: Float32Array,
  width: number,
  height: number,
  outWidth: number,
  outHeight: number,
): Float32Array => {
  if (width === outWidth && height === outHeight) return plane.slice();
  const across = makeTaps(width, outWidth);
  const middle = new Float32Array(outWidth * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < outWidth; x++) {
      let sum = 0;
      const first = across.start[x]!;
      for (let k = 0; k < across.size && first + k < width; k++)
        sum += plane[y * width + first + k]! * across.weights[x * across.size + k]!;
      middle[y * outWidth + x] = sum;
    }
  }
  const down = makeTaps(height, outHeight);
  const out = new Float32Array(outWidth * outHeight);
  for (let y = 0; y < outHeight; y++) {
    const first = down.start[y]!;
    for (let x = 0; x < outWidth; x++) {
      let sum = 0;
      for (let k = 0; k < down.size && first + k < height; k++)
        sum += middle[(first + k) * outWidth + x]! * down.weights[y * down.size + k]!;
      out[y * outWidth + x] = sum;
    }
  }
  return out;
};
