/**
 * Draws masks into a YUV 4:2:0 frame in place: a translucent fill and a solid contour per object, in the object's
 * colour. Works on run lengths, so it costs what the masks cover and not what the frame holds.
 */
import { expandCounts, paintRle } from '../../../shared/rle.ts';
import { chromaSize } from '../../../shared/wire.ts';
import { lumaWeights } from '../../common/yuv-to-rgb.ts';

export interface CompositorStyle {
  /** Opacity of the fill, 0..1. */
  fill: number;
  /** Contour width in px; 0 = none. */
  contour: number;
}

export interface MaskBounds {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

const defaultStyle: CompositorStyle = { fill: 0.4, contour: 2 };

/** Y, U, V of an RGB colour in limited or full range. */
export const rgbToYuv = (hex: string, colorSpace: 'bt601' | 'bt709' | 'bt2020', fullRange: boolean): [number, number, number] => {
  const r = Number.parseInt(hex.slice(1, 3), 16) / 255;
  const g = Number.parseInt(hex.slice(3, 5), 16) / 255;
  const b = Number.parseInt(hex.slice(5, 7), 16) / 255;
  const [kr, kb] = lumaWeights(colorSpace);
  const y = kr * r + (1 - kr - kb) * g + kb * b;
  const u = (b - y) / (2 * (1 - kb));
  const v = (r - y) / (2 * (1 - kr));
  return fullRange ? [y * 255, u * 255 + 128, v * 255 + 128] : [16 + y * 219, 128 + u * 224, 128 + v * 224];
};

/** In the scratch mask; of up to four pixels the sum tells how many of each there are. */
const inside = 1;
const onContour = 8;
const mostSum = 4 * onContour;

/** Blended values: at `sum * 256 + value`, of one pixel for luma and of the up to four pixels of a chroma value. */
interface BlendTables {
  luma: Uint8Array;
  u: Uint8Array;
  v: Uint8Array;
}

const blendTable = (color: number, fill: number, pixels: 1 | 4): Uint8Array => {
  const table = new Uint8Array((mostSum + 1) * 256);
  for (let sum = 0; sum <= mostSum; sum++) {
    const alpha = ((sum % onContour) * fill + Math.floor(sum / onContour)) / pixels;
    for (let value = 0; value < 256; value++) table[sum * 256 + value] = value + (color - value) * alpha;
  }
  return table;
};

export class Compositor {
  readonly #width: number;
  readonly #height: number;
  readonly #style: CompositorStyle;
  readonly #mask: Uint8Array;
  readonly #tables = new Map<string, BlendTables>();

  constructor(width: number, height: number, style: CompositorStyle = defaultStyle) {
    this.#width = width;
    this.#height = height;
    this.#style = style;
    this.#mask = new Uint8Array(width * height);
  }

  /**
   * @param planes Y, U, V of `width` x `height`, changed in place
   * @param counts COCO compressed counts at the same size
   * @param yuv colour
   * @returns the mask's bounds, both ends inclusive, or null when it is empty
   */
  draw(planes: Uint8Array, counts: string, yuv: readonly [number, number, number]): MaskBounds | null {
    const box = this.#paintColumns(expandCounts(counts));
    if (!box) return null;
    this.#paintRowEnds(box);
    const { luma, u, v } = this.#tablesOf(yuv);
    const width = this.#width;
    const mask = this.#mask;
    for (let y = box.y0; y <= box.y1; y++) {
      const end = y * width + box.x1;
      for (let at = y * width + box.x0; at <= end; at++) {
        const region = mask[at]!;
        if (region !== 0) planes[at] = luma[(region << 8) + planes[at]!]!;
      }
    }
    const chromaWidth = chromaSize(width);
    const uAt = width * this.#height;
    const vAt = uAt + chromaWidth * chromaSize(this.#height);
    for (let cy = box.y0 >> 1; cy <= box.y1 >> 1; cy++) {
      const above = cy * 2 * width;
      // At an odd edge the last pixels count twice.
      const below = Math.min(cy * 2 + 1, this.#height - 1) * width;
      for (let cx = box.x0 >> 1; cx <= box.x1 >> 1; cx++) {
        const left = cx * 2;
        const right = Math.min(left + 1, width - 1);
        const sum = mask[above + left]! + mask[above + right]! + mask[below + left]! + mask[below + right]!;
        if (sum === 0) continue;
        const at = cy * chromaWidth + cx;
        planes[uAt + at] = u[(sum << 8) + planes[uAt + at]!]!;
        planes[vAt + at] = v[(sum << 8) + planes[vAt + at]!]!;
      }
    }
    for (let y = box.y0; y <= box.y1; y++) mask.fill(0, y * width + box.x0, y * width + box.x1 + 1);
    return box;
  }

  #tablesOf([y, u, v]: readonly [number, number, number]): BlendTables {
    const key = `${y} ${u} ${v}`;
    const { fill } = this.#style;
    const known = this.#tables.get(key);
    if (known) return known;
    const tables = { luma: blendTable(y, fill, 1), u: blendTable(u, fill, 4), v: blendTable(v, fill, 4) };
    this.#tables.set(key, tables);
    return tables;
  }

  /**
   * Paints the runs, which go down the columns, with a contour at their ends.
   * @returns their bounds, or null when there are none
   */
  #paintColumns(counts: number[]): MaskBounds | null {
    const height = this.#height;
    const width = this.#width;
    const mask = this.#mask;
    const { contour } = this.#style;
    const box = { x0: width, y0: height, x1: -1, y1: -1 };
    let position = 0;
    for (let k = 0; k < counts.length; k++) {
      const count = counts[k]!;
      for (let p = position; k & 1 && p < position + count; ) {
        const x = Math.floor(p / height);
        const from = p - x * height;
        const to = Math.min(height, from + position + count - p);
        const last = (to - 1) * width + x;
        for (let at = from * width + x; at <= last; at += width) mask[at] = inside;
        for (let d = 0; d < contour && d < to - from; d++) {
          mask[(from + d) * width + x] = onContour;
          mask[last - d * width] = onContour;
        }
        if (x < box.x0) box.x0 = x;
        if (x > box.x1) box.x1 = x;
        if (from < box.y0) box.y0 = from;
        if (to - 1 > box.y1) box.y1 = to - 1;
        p += to - from;
      }
      position += count;
    }
    return box.x1 < 0 ? null : box;
  }

  /** The contour at both ends of what is inside along each row. */
  #paintRowEnds({ x0, y0, x1, y1 }: MaskBounds): void {
    const mask = this.#mask;
    const { contour } = this.#style;
    for (let y = y0; y <= y1; y++) {
      const first = y * this.#width + x0;
      const end = y * this.#width + x1 + 1;
      let start = -1;
      for (let at = first; at <= end; at++) {
        const isInside = at < end && mask[at] !== 0;
        if (isInside && start < 0) start = at;
        if (isInside || start < 0) continue;
        for (let d = 0; d < contour && d < at - start; d++) {
          mask[start + d] = onContour;
          mask[at - 1 - d] = onContour;
        }
        start = -1;
      }
    }
  }
}

/** Paints compressed counts as `index` into a row-major label map of `width` bytes a row. */
export const paintLabel = (labels: Uint8Array | Uint16Array, height: number, width: number, counts: string, index: number): void =>
  paintRle(labels, { size: [height, width], counts: expandCounts(counts) }, index);
