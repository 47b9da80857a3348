/** Stretches of a lane that are of one kind, over all its pages. */
import { type LaneKind, type LanePage, laneKinds, lanePageFrames } from './session-state.ts';

export interface Stretch {
  /** Inclusive. */
  first: number;
  last: number;
}

/** Where one page is of the kind, ascending. */
export const pageStretches = ({ page, runs }: LanePage, kind: LaneKind): Stretch[] => {
  const wanted = laneKinds.indexOf(kind);
  const found: Stretch[] = [];
  let at = page * lanePageFrames;
  for (let i = 0; i + 1 < runs.length; i += 2) {
    const last = at + runs[i]! - 1;
    const before = found.at(-1);
    if (runs[i + 1]! >> 8 === wanted) {
      // Runs differ in confidence too: neighbours are one stretch.
      if (before?.last === at - 1) before.last = last;
      else found.push({ first: at, last });
    }
    at = last + 1;
  }
  return found;
};

/** Stretches of all pages in order, those that go on over the border of two pages made one. */
export const joinPages = (pages: readonly (readonly Stretch[])[]): Stretch[] => {
  const all: Stretch[] = [];
  for (const stretches of pages) {
    for (const stretch of stretches) {
      const before = all.at(-1);
      if (before?.last === stretch.first - 1) before.last = stretch.last;
      else all.push({ ...stretch });
    }
  }
  return all;
};
