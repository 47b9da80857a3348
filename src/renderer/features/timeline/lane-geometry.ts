/** Where frames lie on the scrubber. The first and the last frame lie half a marker inside its ends. */

export interface LaneSpan {
  left: number;
  width: number;
}

export const xOfFrame = (frame: number, frameCount: number, span: LaneSpan): number =>
  span.left + (frameCount <= 1 ? 0 : (frame / (frameCount - 1)) * span.width);

export const frameAtX = (x: number, frameCount: number, span: LaneSpan): number =>
  frameCount <= 1 ? 0 : Math.round(Math.min(1, Math.max(0, (x - span.left) / span.width)) * (frameCount - 1));

/** A round step in seconds between ticks, at least `leastPx` apart. */
export const tickStepSeconds = (durationSeconds: number, widthPx: number, leastPx = 80): number => {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
  const least = (durationSeconds * leastPx) / Math.max(1, widthPx);
  return steps.find((step) => step >= least) ?? 3600;
};
