/** What a timeline lane shows of an object: runs of frames that look alike, so that hours stay a few kilobytes. */
import type { LaneRun } from '../../shared/session-state.ts';
import type { MaskRow } from './mask-index.ts';

/** Under this predicted IoU, or this near to absent, a frame is shown as unsure. */
const sureIou = 0.6;
const sureLogit = 1;
/** Confidence is told in so many steps, so that neighbours join. */
const steps = 8;

const stateOf = ({ present, score, objectLogit }: MaskRow): LaneRun[2] => {
  if (!present || objectLogit <= 0) return 'absent';
  return score < sureIou || objectLogit < sureLogit ? 'unsure' : 'present';
};

/** @param ranges of frames that hold a row, ascending */
export const laneRuns = (ranges: readonly [number, number][], row: (frame: number) => MaskRow | null): LaneRun[] => {
  const runs: LaneRun[] = [];
  for (const [first, last] of ranges) {
    for (let frame = first; frame <= last; frame++) {
      const found = row(frame);
      if (!found) continue;
      const state = stateOf(found);
      const confidence = Math.round((Math.round(Math.min(1, Math.max(0, found.score)) * steps) / steps) * 255);
      const before = runs.at(-1);
      if (before && before[1] === frame - 1 && before[2] === state && before[3] === confidence) before[1] = frame;
      else runs.push([frame, frame, state, confidence]);
    }
  }
  return runs;
};
