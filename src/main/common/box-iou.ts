/** Overlap of boxes, in whatever unit and place both have. */

/** [left, top, right, bottom]; right and bottom are exclusive. */
export type BoxEdges = readonly [number, number, number, number];

export const edgesOf = ({ left, top, right, bottom }: { left: number; top: number; right: number; bottom: number }): BoxEdges => [
  left,
  top,
  right,
  bottom,
];

/** Intersection over union, 0..1; 0 where they do not meet, and for empty boxes. */
export const boxIou = (a: BoxEdges, b: BoxEdges): number => {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - width * height);
};
