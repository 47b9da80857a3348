/** Masks for benches that need no model. */
import { compressCounts, encodeRle } from '../src/shared/rle.ts';

/** COCO compressed counts of a disk, in px of a picture of `width` x `height`. */
export const diskCounts = (width: number, height: number, { x, y, radius }: { x: number; y: number; radius: number }): string => {
  const mask = Uint8Array.from({ length: width * height }, (_, i) => {
    const [dx, dy] = [(i % width) - x, Math.floor(i / width) - y];
    return dx * dx + dy * dy < radius * radius ? 1 : 0;
  });
  return compressCounts(encodeRle(mask, width, height).counts);
};
