/** How many prompts a frame may cost: what is left of its time, never none for long. */

export interface FrameCost {
  /** Frames a second that are wanted. */
  targetFps: number;
  /** What a frame costs without discovery, ms, in the mean. */
  frameMs: number;
  /** What one prompt costs, ms, in the mean; 0 = not known yet. */
  promptMs: number;
  /** Since the last prompt. */
  idleMs: number;
}

export const mostPrompts = 8;
/** A tenth of the time is left free, for what is not measured. */
const reserve = 0.1;
/** After this long one prompt is made however late the frame is. */
const longestIdleMs = 2000;

/** 0 to 8. */
export const promptBudget = ({ targetFps, frameMs, promptMs, idleMs }: FrameCost): number => {
  const leftMs = (1000 / targetFps) * (1 - reserve) - frameMs;
  const affordable = promptMs > 0 ? Math.floor(leftMs / promptMs) : leftMs > 0 ? 1 : 0;
  const least = idleMs >= longestIdleMs ? 1 : 0;
  return Math.max(least, Math.min(mostPrompts, affordable));
};
