/**
 * Tells where a clip goes on with another shot: the colours of one picture are spread unlike those of the one before.
 * Movement within a shot changes where colours are, and hardly how much there is of each.
 */

/** Every so many bytes a pixel is looked at: some 4000 of a picture of 512 x 512. */
const samples = 4096;
/** Shades of each of red, green and blue that are told apart. */
const shades = 4;
/** From this share of pixels that changed their shade on, it is another shot. */
const leastChange = 0.55;

export class CutDetector {
  #before: Uint32Array | null = null;

  /** @param rgb [height, width, 3] @returns whether this picture and the one given before are of two shots */
  isCut(rgb: Uint8Array): boolean {
    const pixels = rgb.length / 3;
    // An odd step, so that not one column is looked at over and over.
    const step = Math.max(1, Math.floor(pixels / samples)) | 1;
    const counts = new Uint32Array(shades ** 3);
    let seen = 0;
    for (let pixel = 0; pixel < pixels; pixel += step, seen++) {
      const at = pixel * 3;
      counts[((rgb[at]! * shades) >> 8) * shades * shades + ((rgb[at + 1]! * shades) >> 8) * shades + ((rgb[at + 2]! * shades) >> 8)]!++;
    }
    const before = this.#before;
    this.#before = counts;
    if (!before) return false;
    let changed = 0;
    for (let i = 0; i < counts.length; i++) changed += Math.abs(counts[i]! - before[i]!);
    return changed / 2 / Math.max(1, seen) >= leastChange;
  }
}
