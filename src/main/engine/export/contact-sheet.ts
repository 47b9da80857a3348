/** A picture of a whole export: twelve frames, evenly spaced, on one page. */
import { chromaSize } from '../../../shared/wire.ts';
import { pixelToRgb } from '../../common/yuv-to-rgb.ts';

const columns = 4;
const rows = 3;
const tileWidth = 320;
const gap = 4;

const clampByte = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));

export class ContactSheet {
  readonly #source: { width: number; height: number };
  readonly #tileHeight: number;
  readonly #wanted: Map<number, number>;
  readonly #width = columns * (tileWidth + gap) + gap;
  readonly #height: number;
  readonly #rgb: Uint8Array;
  readonly #toRgb: (y: number, u: number, v: number) => [number, number, number];

  constructor(width: number, height: number, colorSpace: 'bt601' | 'bt709' | 'bt2020', fullRange: boolean, frames: number) {
    this.#source = { width, height };
    this.#tileHeight = Math.max(1, Math.round((tileWidth * height) / width));
    this.#height = rows * (this.#tileHeight + gap) + gap;
    this.#rgb = new Uint8Array(this.#width * this.#height * 3).fill(24);
    const tiles = Math.min(columns * rows, frames);
    this.#wanted = new Map(
      Array.from({ length: tiles }, (_, tile) => [tiles === 1 ? 0 : Math.round((tile * (frames - 1)) / (tiles - 1)), tile]),
    );
    this.#toRgb = pixelToRgb({ colorSpace, fullRange });
  }

  /** @param position of the frame in the export, 0-based */
  add(position: number, planes: Uint8Array): void {
    const tile = this.#wanted.get(position);
    if (tile === undefined) return;
    const { width, height } = this.#source;
    const chromaWidth = chromaSize(width);
    const uAt = width * height;
    const vAt = uAt + chromaWidth * chromaSize(height);
    const left = gap + (tile % columns) * (tileWidth + gap);
    const top = gap + Math.floor(tile / columns) * (this.#tileHeight + gap);
    for (let ty = 0; ty < this.#tileHeight; ty++) {
      const y = Math.floor(((ty + 0.5) * height) / this.#tileHeight);
      for (let tx = 0; tx < tileWidth; tx++) {
        const x = Math.floor(((tx + 0.5) * width) / tileWidth);
        const chroma = (y >> 1) * chromaWidth + (x >> 1);
        const [r, g, b] = this.#toRgb(planes[y * width + x]!, planes[uAt + chroma]!, planes[vAt + chroma]!);
        const at = ((top + ty) * this.#width + left + tx) * 3;
        this.#rgb[at] = clampByte(r);
        this.#rgb[at + 1] = clampByte(g);
        this.#rgb[at + 2] = clampByte(b);
      }
    }
  }

  finish(): { width: number; height: number; rgb: Uint8Array } {
    return { width: this.#width, height: this.#height, rgb: this.#rgb };
  }
}
