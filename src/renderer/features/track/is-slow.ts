/** Whether a run takes so long that its user should know what would be faster. */
import type { Operation } from '../../../shared/contract/state.ts';

/** Slower than this, frames/s, and with more than this left, ms, somebody waits. */
const slowSpeed = 2;
const longMs = 120_000;

export const isSlow = ({ framesPerSecond, etaMs }: Pick<Operation, 'framesPerSecond' | 'etaMs'>): boolean =>
  framesPerSecond !== null && framesPerSecond < slowSpeed && etaMs !== null && etaMs > longMs;
