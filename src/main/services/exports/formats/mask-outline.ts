/**
 * The outlines of a mask as polygons along the edges of its pixels: filled again they are the very mask. Corners alone
 * are kept, and of a part with holes only its outer edge, since the formats that take polygons have no holes.
 */
import { decodeRle, type Rle } from '../../../../shared/rle.ts';

/** Corners x, y in px; whole numbers, as they lie between pixels. */
export type Polygon = readonly (readonly [number, number])[];

/** Right, down, left, up: the mask is always to the right of the way. */
const steps = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/** Set pixels in front of a corner when going that way: to the left and to the right of the way. */
const ahead = [
  [
    [0, -1],
    [0, 0],
  ],
  [
    [0, 0],
    [-1, 0],
  ],
  [
    [-1, 0],
    [-1, -1],
  ],
  [
    [-1, -1],
    [0, -1],
  ],
] as const;

/** Polygons of the parts of a mask, from top to bottom. Pixels that touch at a corner alone are parts of their own. */
export const outlinesOf = (rle: Rle): Polygon[] => {
  const [height, width] = rle.size;
  const mask = decodeRle(rle);
  const isSet = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x] === 1;
  const label = labelParts(mask, width, height);
  const polygons: Polygon[] = [];
  const seen = new Set<number>();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const part = label[y * width + x]!;
      // The first pixel of a part in reading order is on its outer edge.
      if (part === 0 || seen.has(part)) continue;
      seen.add(part);
      polygons.push(walk(x, y, (px, py) => isSet(px, py) && label[py * width + px] === part));
    }
  }
  return polygons;
};

/** Goes around a part, from the upper left corner of its first pixel. */
const walk = (startX: number, startY: number, isIn: (x: number, y: number) => boolean): Polygon => {
  const polygon: [number, number][] = [];
  let [x, y, way, last] = [startX, startY, 0, -1];
  do {
    if (way !== last) polygon.push([x, y]);
    last = way;
    x += steps[way]![0];
    y += steps[way]![1];
    const [[leftX, leftY], [rightX, rightY]] = ahead[way]!;
    const isRight = isIn(x + rightX, y + rightY);
    // A pixel that touches at a corner alone is not of this part.
    if (!isRight) way = (way + 1) % 4;
    else if (isIn(x + leftX, y + leftY)) way = (way + 3) % 4;
  } while (x !== startX || y !== startY || way !== 0);
  return polygon;
};

/** Numbers the parts whose pixels touch along an edge. */
const labelParts = (mask: Uint8Array, width: number, height: number): Uint32Array => {
  const label = new Uint32Array(mask.length);
  const stack: number[] = [];
  let parts = 0;
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] !== 1 || label[start] !== 0) continue;
    label[start] = ++parts;
    stack.push(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const x = at % width;
      const next = (to: number, isThere: boolean): void => {
        if (!isThere || mask[to] !== 1 || label[to] !== 0) return;
        label[to] = parts;
        stack.push(to);
      };
      next(at - 1, x > 0);
      next(at + 1, x < width - 1);
      next(at - width, at >= width);
      next(at + width, at < width * (height - 1));
    }
  }
  return label;
};
