/**
 * From low-res logits to the mask at the source's size: bilinear (half-pixel centres, no antialias), threshold 0 (spec
 * rule 12), straight to run lengths. The full-size float picture is never made.
 */
import type { Rle } from '../../../shared/rle.ts';

interface Axis {
  low: Int32Array;
  high: Int32Array;
  fraction: Float32Array;
}

const axisCache = new Map<string, Axis>();

const bilinearAxis = (from: number, to: number): Axis => {
  const key = `${from}:${to}`;
  const cached = axisCache.get(key);
  if (cached) return cached;
  const axis: Axis = { low: new Int32Array(to), high: new Int32Array(to), fraction: new Float32Array(to) };
  for (let i = 0; i < to; i++) {
    const position = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const low = Math.min(from - 1, Math.floor(position));
    axis.low[i] = low;
    axis.high[i] = Math.min(from - 1, low + 1);
    axis.fraction[i] = position - low;
  }
  if (axisCache.size > 32) axisCache.clear();
  axisCache.set(key, axis);
  return axis;
};

/**
 * @param logits row-major, `gridWidth * gridHeight`, covering the whole frame
 * @returns the mask of pixels whose interpolated logit is > 0, size [height, width]
 */
export const logitsToRle = (logits: Float32Array, gridWidth: number, gridHeight: number, width: number, height: number): Rle => {
  const across = bilinearAxis(gridWidth, width);
  const down = bilinearAxis(gridHeight, height);
  const counts: number[] = [];
  let run = 0;
  let value = 0;
  for (let x = 0; x < width; x++) {
    const x0 = across.low[x]!;
    const x1 = across.high[x]!;
    const fx = across.fraction[x]!;
    for (let y = 0; y < height; ) {
      const y0 = down.low[y]!;
      const y1 = down.high[y]!;
      let end = y + 1;
      while (end < height && down.low[end] === y0 && down.high[end] === y1) end++;
      const a = logits[y0 * gridWidth + x0]!;
      const b = logits[y0 * gridWidth + x1]!;
      const c = logits[y1 * gridWidth + x0]!;
      const d = logits[y1 * gridWidth + x1]!;
      // A bilinear value lies between its corners: where all four agree in sign the whole cell does.
      if ((a > 0 && b > 0 && c > 0 && d > 0) || (a <= 0 && b <= 0 && c <= 0 && d <= 0)) {
        const bit = a > 0 ? 1 : 0;
        if (bit !== value) {
          counts.push(run);
          run = 0;
          value = bit;
        }
        run += end - y;
      } else {
        const top = a + (b - a) * fx;
        const bottom = c + (d - c) * fx;
        for (let row = y; row < end; row++) {
          const bit = top + (bottom - top) * down.fraction[row]! > 0 ? 1 : 0;
          if (bit !== value) {
            counts.push(run);
            run = 0;
            value = bit;
          }
          run++;
        }
      }
      y = end;
    }
  }
  counts.push(run);
  return { size: [height, width], counts };
};

/** Logits as int8 for the display: value = round(logit / scale), clamped; the sign of every logit is kept. */
export const quantizeLogits = (logits: Float32Array): { scale: number; values: Int8Array } => {
  const scale = 1 / 16;
  const values = new Int8Array(logits.length);
  for (let i = 0; i < logits.length; i++) {
    const logit = logits[i]!;
    const rounded = Math.round(logit / scale);
    values[i] = rounded > 127 ? 127 : rounded < -127 ? -127 : rounded !== 0 ? rounded : logit > 0 ? 1 : -1;
  }
  return { scale, values };
};
