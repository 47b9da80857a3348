/** What is known of an object's frames, as the runs a lane is made of. */
import type { LaneRun } from './lane-index.ts';

/** Ranges with a result, cut at the frames that deserve a look. Those outside the ranges are left out. */
export const runsOf = (
  ranges: readonly (readonly [number, number])[],
  unsure: readonly { frame: number; uncertainty: number }[],
): LaneRun[] => {
  const doubts = [...unsure].sort((a, b) => a.frame - b.frame);
  const runs: LaneRun[] = [];
  let at = 0;
  for (const [first, last] of ranges) {
    let next = first;
    while (at < doubts.length && doubts[at]!.frame < first) at++;
    for (; at < doubts.length && doubts[at]!.frame <= last; at++) {
      const { frame, uncertainty } = doubts[at]!;
      if (frame < next) continue;
      if (frame > next) runs.push({ first: next, last: frame - 1, kind: 'present', confidence: 1 });
      runs.push({ first: frame, last: frame, kind: 'unsure', confidence: Math.min(1, Math.max(0, 1 - uncertainty)) });
      next = frame + 1;
    }
    if (next <= last) runs.push({ first: next, last, kind: 'present', confidence: 1 });
  }
  return runs;
};
