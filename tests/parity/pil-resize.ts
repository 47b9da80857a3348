/**
 * PIL's bicubic resize of 8-bit pictures, as the official predictor prepares its frames (rule 1): a separable filter
 * with a support that grows with the reduction, in fixed point, rounded to 8 bits between its passes.
 */

interface Taps {
  /** First source index of each output position. */
  start: Int32Array;
  /** Weights of each output position, `size` apart. */
  weights: Float64Array;
  size: number;
}

const bicubic = (t: number): number => {
  const a = -0.5;
  const x = Math.abs(t);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
};

const makeTaps = (from: number, to: number): Taps => {
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  const reach = 2 * filterScale;
  const size = Math.ceil(reach) * 2 + 1;
  const start = new Int32Array(to);
  const weights = new Float64Array(to * size);
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(center - reach + 0.5));
    const last = Math.min(from, Math.floor(center + reach + 0.5));
    let sum = 0;
    for (let k = first; k < last; k++) {
      const weight = bicubic((k - center + 0.5) / filterScale);
      weights[i * size + k - first] = weight;
      sum += weight;
    }
    if (sum !== 0) for (let k = 0; k < last - first; k++) weights[i * size + k]! /= sum;
    start[i] = first;
  }
  return { start, weights, size };
};

const precisionBits = 22;

const clampByte = (fixed: number): number => {
  const value = fixed >> precisionBits;
  return value < 0 ? 0 : Math.min(value, 255);
};

const toFixed = (taps: Taps): Int32Array =>
  Int32Array.from(taps.weights, (w) => Math.trunc(w < 0 ? w * (1 << precisionBits) - 0.5 : w * (1 << precisionBits) + 0.5));

/**
 * Stretches an RGB frame to `outWidth` x `outHeight` exactly as PIL's `Image.resize` (bicubic, the default) does.
 * @param rgb interleaved RGB, `width * height * 3` bytes
 */
export const resizeRgbBicubic = (rgb: Uint8Array, width: number, height: number, outWidth: number, outHeight: number): Uint8Array => {
  const half = 1 << (precisionBits - 1);
  let source = rgb;
  if (outWidth !== width) {
    const taps = makeTaps(width, outWidth);
    const fixed = toFixed(taps);
    const out = new Uint8Array(outWidth * height * 3);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < outWidth; x++) {
        let r = half;
        let g = half;
        let b = half;
        const first = taps.start[x]!;
        for (let k = 0; k < taps.size && first + k < width; k++) {
          const w = fixed[x * taps.size + k]!;
          const at = (y * width + first + k) * 3;
          r += source[at]! * w;
          g += source[at + 1]! * w;
          b += source[at + 2]! * w;
        }
        const to = (y * outWidth + x) * 3;
        out[to] = clampByte(r);
        out[to + 1] = clampByte(g);
        out[to + 2] = clampByte(b);
      }
    }
    source = out;
  }
  if (outHeight !== height) {
    const taps = makeTaps(height, outHeight);
    const fixed = toFixed(taps);
    const stride = outWidth * 3;
    const out = new Uint8Array(stride * outHeight);
    for (let y = 0; y < outHeight; y++) {
      const first = taps.start[y]!;
      for (let x = 0; x < stride; x++) {
        let sum = half;
        for (let k = 0; k < taps.size && first + k < height; k++) sum += source[(first + k) * stride + x]! * fixed[y * taps.size + k]!;
        out[y * stride + x] = clampByte(sum);
      }
    }
    source = out;
  }
  return source === rgb ? rgb.slice() : source;
};
