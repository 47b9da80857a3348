/**
 * Hides objects in YUV 4:2:0 frames, in place. What is painted depends on the mask alone and on the first frame of an
 * object: averaging or comparing frames brings nothing back that a single one does not show.
 */
import type { Redaction } from '../../../shared/redaction.ts';
import { expandCounts, paintRle } from '../../../shared/rle.ts';
import { chromaSize } from '../../../shared/wire.ts';

/** A side of the mosaic, in cells. */
const cells = 6;

/** Means of Y, U and V of the cells, row by row. */
interface Mosaic {
  y: Float32Array;
  u: Float32Array;
  v: Float32Array;
}

interface Area {
  x0: number;
  y0: number;
  /** Inclusive. */
  x1: number;
  y1: number;
}

export class Redactor {
  readonly #width: number;
  readonly #height: number;
  readonly #redaction: Redaction;
  readonly #black: number;
  readonly #mask: Uint8Array;
  readonly #grown: Uint8Array;
  readonly #mosaics = new Map<number, Mosaic>();

  /** @param fullRange of the luma: what counts as black */
  constructor(width: number, height: number, redaction: Redaction, fullRange: boolean) {
    this.#width = width;
    this.#height = height;
    this.#redaction = redaction;
    this.#black = fullRange ? 0 : 16;
    this.#mask = new Uint8Array(width * height);
    this.#grown = new Uint8Array(width * height);
  }

  /** @param masks COCO compressed counts at the picture's size, by object */
  apply(planes: Uint8Array, masks: ReadonlyMap<number, string>): void {
    if (this.#redaction.hides === 'everything-else') {
      this.#hideOthers(planes, masks);
      return;
    }
    for (const [id, counts] of masks) {
      this.#mask.fill(0);
      const area = this.#paint(counts);
      if (area) this.#cover(planes, this.#grow(area, this.#mask), id);
    }
  }

  /** What stays is the union of the masks without its margin, so that nothing beside them is seen. */
  #hideOthers(planes: Uint8Array, masks: ReadonlyMap<number, string>): void {
    this.#mask.fill(0);
    for (const counts of masks.values()) this.#paint(counts);
    for (let i = 0; i < this.#mask.length; i++) this.#mask[i]! ^= 1;
    const whole = { x0: 0, y0: 0, x1: this.#width - 1, y1: this.#height - 1 };
    this.#cover(planes, this.#grow(whole, this.#mask), 0);
  }

  /** Adds a mask to the scratch one. @returns where it lies; null for an empty one */
  #paint(counts: string): Area | null {
    const [width, height] = [this.#width, this.#height];
    const runs = expandCounts(counts);
    paintRle(this.#mask, { size: [height, width], counts: runs }, 1);
    const area = { x0: width, y0: height, x1: -1, y1: -1 };
    let at = 0;
    for (const [k, run] of runs.entries()) {
      if (k % 2 === 1 && run > 0) {
        const [first, last] = [Math.floor(at / height), Math.floor((at + run - 1) / height)];
        area.x0 = Math.min(area.x0, first);
        area.x1 = Math.max(area.x1, last);
        area.y0 = first === last ? Math.min(area.y0, at % height) : 0;
        area.y1 = first === last ? Math.max(area.y1, (at + run - 1) % height) : height - 1;
      }
      at += run;
    }
    return area.x1 < 0 ? null : area;
  }

  /**
   * Grows the mask by the margin along rows, then along columns, and to whole pairs of pixels, since these share their
   * colour.
   * @returns where the grown mask lies, in `#grown`
   */
  #grow(area: Area, mask: Uint8Array): Area {
    const [width, height] = [this.#width, this.#height];
    const { margin } = this.#redaction;
    const even = (value: number): number => value - (value % 2);
    const to: Area = {
      x0: even(Math.max(0, area.x0 - margin)),
      y0: even(Math.max(0, area.y0 - margin)),
      x1: Math.min(width - 1, even(Math.min(width - 1, area.x1 + margin)) + 1),
      y1: Math.min(height - 1, even(Math.min(height - 1, area.y1 + margin)) + 1),
    };
    const grown = this.#grown;
    for (let y = to.y0; y <= to.y1; y++) grown.fill(0, y * width + to.x0, y * width + to.x1 + 1);
    for (let y = area.y0; y <= area.y1; y++) {
      const row = y * width;
      for (let x = area.x0; x <= area.x1; x++) {
        if (mask[row + x] === 0) continue;
        const from = even(Math.max(0, x - margin));
        const end = Math.min(to.x1, even(x + margin) + 1);
        // Up to here the row is full already when the pixel before is set too.
        const start = x > area.x0 && mask[row + x - 1] === 1 ? Math.max(from, end - 2) : from;
        grown.fill(1, row + start, row + end + 1);
      }
    }
    const column = new Uint8Array(to.y1 - to.y0 + 1);
    for (let x = to.x0; x <= to.x1; x++) {
      column.fill(0);
      let filled = -1;
      for (let y = area.y0; y <= area.y1; y++) {
        if (grown[y * width + x] === 0) continue;
        const from = Math.max(even(Math.max(0, y - margin)) - to.y0, filled + 1);
        filled = Math.min(to.y1, even(y + margin) + 1) - to.y0;
        column.fill(1, from, filled + 1);
      }
      for (let i = 0; i < column.length; i++) grown[(to.y0 + i) * width + x] = column[i]!;
    }
    return to;
  }

  #cover(planes: Uint8Array, area: Area, id: number): void {
    const [width, height] = [this.#width, this.#height];
    const chromaWidth = chromaSize(width);
    const uAt = width * height;
    const vAt = uAt + chromaWidth * chromaSize(height);
    const color = this.#colors(planes, area, id);
    for (let y = area.y0; y <= area.y1; y++)
      for (let x = area.x0; x <= area.x1; x++) if (this.#grown[y * width + x]) planes[y * width + x] = color(x, y, 'y');
    for (let cy = area.y0 >> 1; cy <= area.y1 >> 1; cy++) {
      for (let cx = area.x0 >> 1; cx <= area.x1 >> 1; cx++) {
        if (!this.#grown[cy * 2 * width + cx * 2]) continue;
        const at = cy * chromaWidth + cx;
        planes[uAt + at] = color(cx * 2, cy * 2, 'u');
        planes[vAt + at] = color(cx * 2, cy * 2, 'v');
      }
    }
  }

  /** What a pixel becomes. */
  #colors(planes: Uint8Array, area: Area, id: number): (x: number, y: number, plane: keyof Mosaic) => number {
    const { style } = this.#redaction;
    const black = this.#black;
    if (style === 'solid') return (_x, _y, plane) => (plane === 'y' ? black : 128);
    const mosaic = this.#mosaics.get(id) ?? this.#mosaic(planes, area);
    this.#mosaics.set(id, mosaic);
    const [w, h] = [area.x1 - area.x0 + 1, area.y1 - area.y0 + 1];
    if (style === 'pixelate')
      return (x, y, plane) => {
        const column = Math.floor(((x - area.x0) / w) * cells);
        return mosaic[plane][Math.floor(((y - area.y0) / h) * cells) * cells + column]!;
      };
    return (x, y, plane) => {
      const at = (share: number): [number, number, number] => {
        const place = Math.min(cells - 1, Math.max(0, share * cells - 0.5));
        const low = Math.floor(place);
        return [low, Math.min(cells - 1, low + 1), place - low];
      };
      const [left, right, across] = at((x - area.x0) / w);
      const [top, bottom, down] = at((y - area.y0) / h);
      const values = mosaic[plane];
      const row = (r: number): number => values[r * cells + left]! * (1 - across) + values[r * cells + right]! * across;
      return row(top) * (1 - down) + row(bottom) * down;
    };
  }

  /** Means over the cells of the area, the object and what is around it alike. */
  #mosaic(planes: Uint8Array, { x0, y0, x1, y1 }: Area): Mosaic {
    const [width, height] = [this.#width, this.#height];
    const chromaWidth = chromaSize(width);
    const uAt = width * height;
    const vAt = uAt + chromaWidth * chromaSize(height);
    const mosaic = { y: new Float32Array(cells ** 2), u: new Float32Array(cells ** 2), v: new Float32Array(cells ** 2) };
    const count = new Uint32Array(cells ** 2);
    for (let y = y0; y <= y1; y++) {
      for (let x = x0; x <= x1; x++) {
        const cell = Math.floor(((y - y0) / (y1 - y0 + 1)) * cells) * cells + Math.floor(((x - x0) / (x1 - x0 + 1)) * cells);
        const at = (y >> 1) * chromaWidth + (x >> 1);
        count[cell]!++;
        mosaic.y[cell]! += planes[y * width + x]!;
        mosaic.u[cell]! += planes[uAt + at]!;
        mosaic.v[cell]! += planes[vAt + at]!;
      }
    }
    for (const plane of [mosaic.y, mosaic.u, mosaic.v])
      for (const [cell, pixels] of count.entries()) plane[cell] = pixels > 0 ? plane[cell]! / pixels : this.#black;
    return mosaic;
  }
}
