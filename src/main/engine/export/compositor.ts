/**
 * Draws masks into a YUV 4:2:0 frame in place: a translucent fill and a solid contour per object, in the object's colour.
 * Works on run lengths, so it costs what the masks cover and not what the frame holds.
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

export const defaultStyle: CompositorStyle = { fill: 0.4, contour: 2 };

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

/** 0 outside, 1 inside, 2 on the contour (inside, within `contour` px of the outside or the neighbour of it). */
const paintRegions = (mask: Uint8Array, width: number, height: number, contour: number, box: MaskBounds): void => {
  const isInside = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x] !== 0;
  for (let y = box.y0; y <= box.y1; y++) {
    for (let x = box.x0; x <= box.x1; x++) {
      const at = y * width + x;
      if (mask[at] === 0) continue;
      for (let d = 1; d <= contour; d++) {
        if (!isInside(x - d, y) || !isInside(x + d, y) || !isInside(x, y - d) || !isInside(x, y + d)) {
          mask[at] = 2;
          break;
        }
      }
    }
  }
};

export class Compositor {
  readonly #width: number;
  readonly #height: number;
  readonly #style: CompositorStyle;
  readonly #mask: Uint8Array;

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
    const box = this.#rasterise(expandCounts(counts));
    if (!box) return null;
    const width = this.#width;
    const mask = this.#mask;
    paintRegions(mask, width, this.#height, this.#style.contour, box);
    const alphaOf = (region: number): number => (region === 0 ? 0 : region === 1 ? this.#style.fill : 1);
    for (let y = box.y0; y <= box.y1; y++) {
      for (let at = y * width + box.x0; at <= y * width + box.x1; at++) {
        const alpha = alphaOf(mask[at]!);
        if (alpha > 0) planes[at] = planes[at]! + (yuv[0] - planes[at]!) * alpha;
      }
    }
    const chromaWidth = chromaSize(width);
    const chromaHeight = chromaSize(this.#height);
    const uAt = width * this.#height;
    const vAt = uAt + chromaWidth * chromaHeight;
    for (let cy = box.y0 >> 1; cy <= box.y1 >> 1; cy++) {
      for (let cx = box.x0 >> 1; cx <= box.x1 >> 1; cx++) {
        const x = cx * 2;
        const y = cy * 2;
        const right = Math.min(x + 1, width - 1);
        const below = Math.min(y + 1, this.#height - 1);
        const alpha =
          (alphaOf(mask[y * width + x]!) +
            alphaOf(mask[y * width + right]!) +
            alphaOf(mask[below * width + x]!) +
            alphaOf(mask[below * width + right]!)) /
          4;
        if (alpha === 0) continue;
        const at = cy * chromaWidth + cx;
        planes[uAt + at] = planes[uAt + at]! + (yuv[1] - planes[uAt + at]!) * alpha;
        planes[vAt + at] = planes[vAt + at]! + (yuv[2] - planes[vAt + at]!) * alpha;
      }
    }
    for (let y = box.y0; y <= box.y1; y++) mask.fill(0, y * width + box.x0, y * width + box.x1 + 1);
    return box;
  }

  /** Paints the runs into the scratch mask and returns their bounds, or null when there are none. */
  #rasterise(counts: number[]): MaskBounds | null {
    const height = this.#height;
    const width = this.#width;
    const box = { x0: width, y0: height, x1: -1, y1: -1 };
    let position = 0;
    for (let k = 0; k < counts.length; k++) {
      const count = counts[k]!;
      if (k & 1) {
        for (let p = position; p < position + count; ) {
          const x = Math.floor(p / height);
          const from = p - x * height;
          const to = Math.min(height, from + position + count - p);
          for (let y = from; y < to; y++) this.#mask[y * width + x] = 1;
          box.x0 = Math.min(box.x0, x);
          box.x1 = Math.max(box.x1, x);
          box.y0 = Math.min(box.y0, from);
          box.y1 = Math.max(box.y1, to - 1);
          p += to - from;
        }
      }
      position += count;
    }
    return box.x1 < 0 ? null : box;
  }
}

/** Paints compressed counts as `index` into a row-major label map. */
export const paintLabel = (labels: Uint8Array, height: number, width: number, counts: string, index: number): void =>
  paintRle(labels, { size: [height, width], counts: expandCounts(counts) }, index);
