/**
 * Run-length masks in COCO's order (column-major, first run is background) and COCO's compressed text form.
 * `counts` alternate background, foreground, ... and sum to width * height.
 */

export interface Rle {
  /** [height, width], COCO's order. */
  size: [number, number];
  counts: number[];
}

/** Encodes a row-major mask (non-zero = set) of `width * height` bytes. */
export const encodeRle = (mask: Uint8Array, width: number, height: number): Rle => {
  const counts: number[] = [];
  let run = 0;
  let value = 0;
  for (let x = 0; x < width; x++) {
    for (let y = 0, i = x; y < height; y++, i += width) {
      const bit = mask[i] ? 1 : 0;
      if (bit !== value) {
        counts.push(run);
        run = 0;
        value = bit;
      }
      run++;
    }
  }
  counts.push(run);
  return { size: [height, width], counts };
};

/** Paints the set pixels as `value` into a row-major picture of the mask's size; the others are left as they are. */
export const paintRle = (target: Uint8Array | Uint16Array, rle: Rle, value: number): void => {
  const [height, width] = rle.size;
  let position = 0;
  for (let k = 0; k < rle.counts.length; k++) {
    const count = rle.counts[k]!;
    if (k & 1) {
      let x = Math.floor(position / height);
      let y = position - x * height;
      for (let n = 0; n < count; n++) {
        target[y * width + x] = value;
        if (++y === height) {
          y = 0;
          x++;
        }
      }
    }
    position += count;
  }
};

/** Decodes into a row-major mask of 0 and 1. */
export const decodeRle = (rle: Rle): Uint8Array => {
  const mask = new Uint8Array(rle.size[0] * rle.size[1]);
  paintRle(mask, rle, 1);
  return mask;
};

/** Number of set pixels. */
export const rleArea = (rle: Rle): number => {
  let area = 0;
  for (let k = 1; k < rle.counts.length; k += 2) area += rle.counts[k]!;
  return area;
};

/** Tight box in pixels { x, y, width, height } of the set pixels, or null for an empty mask. */
export const rleBox = (rle: Rle): { x: number; y: number; width: number; height: number } | null => {
  const height = rle.size[0];
  let left = Number.POSITIVE_INFINITY;
  let right = -1;
  let top = Number.POSITIVE_INFINITY;
  let bottom = -1;
  let position = 0;
  for (let k = 0; k < rle.counts.length; k++) {
    const count = rle.counts[k]!;
    if (k & 1 && count > 0) {
      const last = position + count - 1;
      const x0 = Math.floor(position / height);
      const x1 = Math.floor(last / height);
      left = Math.min(left, x0);
      right = Math.max(right, x1);
      if (x0 === x1) {
        top = Math.min(top, position - x0 * height);
        bottom = Math.max(bottom, last - x1 * height);
      } else {
        top = 0;
        bottom = height - 1;
        // A run that wraps touches the last row of one column and the first of the next.
      }
    }
    position += count;
  }
  return right < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
};

/**
 * COCO's text form of `counts` (six bits a character, each count from the fourth on as a difference to the one two
 * before).
 */
export const compressCounts = (counts: readonly number[]): string => {
  let text = '';
  for (let i = 0; i < counts.length; i++) {
    let x = counts[i]! - (i > 2 ? counts[i - 2]! : 0);
    for (;;) {
      let c = x & 0x1f;
      x >>= 5;
      const more = c & 0x10 ? x !== -1 : x !== 0;
      if (more) c |= 0x20;
      text += String.fromCharCode(c + 48);
      if (!more) break;
    }
  }
  return text;
};

/** Inverse of {@link compressCounts}. @throws RangeError when the text ends inside a count. */
export const expandCounts = (text: string): number[] => {
  const counts: number[] = [];
  let at = 0;
  while (at < text.length) {
    let x = 0;
    let shift = 0;
    for (;;) {
      if (at >= text.length) throw new RangeError('compressed mask ends inside a count');
      const c = text.charCodeAt(at++) - 48;
      x |= (c & 0x1f) << shift;
      shift += 5;
      if (!(c & 0x20)) {
        if (c & 0x10) x |= -1 << shift;
        break;
      }
    }
    if (counts.length > 2) x += counts[counts.length - 2]!;
    counts.push(x);
  }
  return counts;
};

/** Intersection over union of two masks of one size; 1 when both are empty. */
export const rleIou = (a: Rle, b: Rle): number => {
  let i = 0;
  let j = 0;
  let leftA = a.counts[0] ?? 0;
  let leftB = b.counts[0] ?? 0;
  let both = 0;
  let either = 0;
  const total = a.size[0] * a.size[1];
  for (let position = 0; position < total; ) {
    while (leftA === 0 && i < a.counts.length - 1) leftA = a.counts[++i]!;
    while (leftB === 0 && j < b.counts.length - 1) leftB = b.counts[++j]!;
    const step = Math.min(leftA, leftB);
    if (step === 0) break;
    if (i & 1 && j & 1) both += step;
    if (i & 1 || j & 1) either += step;
    leftA -= step;
    leftB -= step;
    position += step;
  }
  return either === 0 ? 1 : both / either;
};

/** Pixels of either of two masks of one size, as counts. */
export const unionCounts = (a: readonly number[], b: readonly number[]): number[] => {
  const counts: number[] = [];
  let [i, j] = [0, 0];
  let [leftA, leftB] = [a[0] ?? 0, b[0] ?? 0];
  let run = 0;
  let value = 0;
  while (i < a.length && j < b.length) {
    const bit = (i & 1) | (j & 1);
    const step = Math.min(leftA, leftB);
    if (step > 0) {
      if (bit !== value) {
        counts.push(run);
        run = 0;
        value = bit;
      }
      run += step;
    }
    leftA -= step;
    leftB -= step;
    if (leftA === 0) leftA = a[++i] ?? 0;
    if (leftB === 0) leftB = b[++j] ?? 0;
  }
  counts.push(run);
  return counts;
};
