/** What an int8 version of a model loses, and how its making is watched. */
import type { PromptPoint } from '../../../shared/prompts.ts';

export interface MeasuredLoss {
  /** Mean IoU of the two models' masks, prompted frame included. */
  meanIou: number;
  leastIou: number;
  frames: number;
  /** ms a tracked frame: the original and the other. */
  frameMs: [number, number];
}

export interface LossProbe {
  clip: string;
  /** Frame of the prompt, and how many frames are tracked from it. */
  frame: number;
  frames: number;
  points: readonly PromptPoint[];
}

export interface QuantizeRun {
  signal: AbortSignal;
  /** A graph was written, or a frame tracked. */
  onStep(): void;
}
