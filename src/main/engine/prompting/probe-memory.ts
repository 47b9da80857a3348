/**
 * What was probed without result. A place that looks as it did then is not probed again: in a static scene this memory
 * is what saves prompts.
 */
import { type BoxEdges, boxIou } from '../../common/box-iou.ts';
import { type LumaPicture, signatureDistance, signatureOf } from './luma-picture.ts';

interface Fruitless {
  signature: Uint8Array;
  box: BoxEdges;
}

/** Sensor noise, averaged over a field, stays below this. */
const sameWithin = 6;
const mostBoxes = 64;

export class ProbeMemory {
  /** Of grid cells, by density and cell. */
  readonly #cells = new Map<string, Fruitless>();
  /** Of boxes, the latest last. */
  #boxes: Fruitless[] = [];

  /** @param key names a cell; null for a box that somebody proposed */
  isFruitless(key: string | null, box: BoxEdges, picture: LumaPicture): boolean {
    const isSame = (known: Fruitless): boolean => signatureDistance(known.signature, signatureOf(picture, known.box)) <= sameWithin;
    if (key === null) return this.#boxes.some((known) => boxIou(known.box, box) >= 0.8 && isSame(known));
    const known = this.#cells.get(key);
    return known !== undefined && isSame(known);
  }

  remember(key: string | null, box: BoxEdges, picture: LumaPicture): void {
    const entry: Fruitless = { box, signature: signatureOf(picture, box) };
    if (key !== null) this.#cells.set(key, entry);
    else this.#boxes = [...this.#boxes.filter((known) => boxIou(known.box, box) < 0.8), entry].slice(-mostBoxes);
  }

  clear(): void {
    this.#cells.clear();
    this.#boxes = [];
  }
}
