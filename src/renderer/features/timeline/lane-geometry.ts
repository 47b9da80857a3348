/** Where frames lie on the timeline: frame n takes the width from n to n + 1, so its middle is at n + 0.5. */
import type { TimelineRange } from './timeline-view.ts';

/** The part of the timeline that frames are drawn in, in CSS px. */
export interface LaneSpan {
  left: number;
  width: number;
}

export const xOfEdge = (frame: number, range: TimelineRange, span: LaneSpan): number =>
  span.left + ((frame - range.start) / range.span) * span.width;

/** The middle of a frame. */
export const xOfFrame = (frame: number, range: TimelineRange, span: LaneSpan): number => xOfEdge(frame + 0.5, range, span);

/** The frame under x; beyond the ends of the clip, the first or the last. */
export const frameAtX = (x: number, range: TimelineRange, span: LaneSpan): number => {
  const frame = Math.floor(range.start + ((x - span.left) / span.width) * range.span);
  return Math.min(range.frameCount - 1, Math.max(0, frame));
};

/** A round step in seconds between ticks, at least `leastPx` apart. */
export const tickStepSeconds = (durationSeconds: number, widthPx: number, leastPx = 80): number => {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
  const least = (durationSeconds * leastPx) / Math.max(1, widthPx);
  return steps.find((step) => step >= least) ?? 3600;
};
