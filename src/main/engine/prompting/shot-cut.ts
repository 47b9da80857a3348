/** Whether a frame belongs to another shot than the one before it. */
import type { LumaPicture } from './luma-picture.ts';

const bins = 32;

/** Shares of the cells in each of 32 steps of brightness. */
const histogram = ({ values }: LumaPicture): Float64Array => {
  const counts = new Float64Array(bins);
  for (const value of values) counts[(value * bins) >> 8]! += 1 / values.length;
  return counts;
};

/** How far apart two frames are: in the distribution of brightness (0..1) and cell by cell (0..255). */
const shotDistance = (a: LumaPicture, b: LumaPicture): { histogram: number; cells: number } => {
  const [first, second] = [histogram(a), histogram(b)];
  let apart = 0;
  for (let i = 0; i < bins; i++) apart += Math.abs(first[i]! - second[i]!) / 2;
  let sum = 0;
  for (let i = 0; i < a.values.length; i++) sum += Math.abs(a.values[i]! - b.values[i]!);
  return { histogram: apart, cells: sum / a.values.length };
};

/**
 * A fast camera moves the cells and keeps the distribution; a lamp that is switched changes the distribution and keeps
 * the edges. A cut does both. Measured by `bench:discover`.
 */
const least = { histogram: 0.22, cells: 24 };

export const isShotCut = (before: LumaPicture, now: LumaPicture): boolean => {
  const { histogram: distribution, cells } = shotDistance(before, now);
  return distribution >= least.histogram && cells >= least.cells;
};
