/** Boxes in shares of the picture. */

/** [left, top, right, bottom], 0..1 from the upper left. */
export type Box = readonly [number, number, number, number];

/** Intersection over union; 0 where they do not meet. */
export const boxIou = (a: Box, b: Box): number => {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - width * height);
};
