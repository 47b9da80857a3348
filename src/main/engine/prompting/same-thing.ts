/** Whether two masks can be one thing at two moments. */
import type { GridMask } from './grid-mask.ts';

/** From one frame to the next: it stays where it is, or it moves by less than its extent and keeps its shape. */
const steady = { iou: 0.5, alignedIou: 0.6, extents: 1 } as const;

/** After an absence: near where it was last, and about as large. */
const returned = { extents: 2, areaRatio: 2 } as const;

/** In cells: the side of a square as large as the mask. */
const extentOf = (mask: GridMask): number => Math.sqrt(mask.area);

/** Cells from the one's centre to the other's, along columns and rows; null when one is empty. */
const wayBetween = (a: GridMask, b: GridMask): readonly [number, number] | null => {
  const [from, to] = [a.centre, b.centre];
  return from && to && [to[0] - from[0], to[1] - from[1]];
};

/** To a whole number, half a cell away from 0: the way back is the way there. */
const wholeCells = (way: number): number => Math.sign(way) * Math.round(Math.abs(way));

/** Small things that move fast overlap little from frame to frame; laid on each other they are the same. */
export const isSteady = (before: GridMask, now: GridMask): boolean => {
  if (before.iou(now) >= steady.iou) return true;
  const way = wayBetween(before, now);
  if (!way || Math.hypot(...way) > steady.extents * Math.min(extentOf(before), extentOf(now))) return false;
  const [columns, rows] = [wholeCells(way[0]), wholeCells(way[1])];
  // What is moved beyond the edge of the picture is lost, so both are moved.
  return before.shifted(columns, rows).iou(now) >= steady.alignedIou && now.shifted(-columns, -rows).iou(before) >= steady.alignedIou;
};

/** @returns cells between where it was lost and where it may be again; null when it can't be the same */
export const returnDistance = (lost: GridMask, now: GridMask): number | null => {
  const ratio = now.area / lost.area;
  if (!(ratio <= returned.areaRatio && ratio >= 1 / returned.areaRatio)) return null;
  const way = wayBetween(lost, now);
  const distance = way ? Math.hypot(...way) : Number.POSITIVE_INFINITY;
  return distance <= returned.extents * extentOf(lost) ? distance : null;
};
