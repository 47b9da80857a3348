/** Candidates and remembered frames made by hand, for tests of the tree and its policies. */
import type { Candidate, RememberedFrame } from '../tree/candidate.ts';

/** Logits of a square mask: `size` px from (left, top) on a grid of 8 x 8. */
export const squareLogits = (left: number, top: number, size: number): Float32Array => {
  const logits = new Float32Array(64).fill(-5);
  for (let y = top; y < Math.min(8, top + size); y++) for (let x = left; x < Math.min(8, left + size); x++) logits[y * 8 + x] = 5;
  return logits;
};

export const offer = (predictedIou: number, objectLogit = 5, logits = squareLogits(0, 0, 4), mark = 0): Candidate => ({
  token: 1,
  predictedIou,
  objectLogit,
  logits,
  maskMemory: null,
  pointer: Float32Array.of(mark, 0, 0, 0),
});

export const remembered = (frame: number, predictedIou = 0.9, objectLogit = 5): RememberedFrame => ({
  frame,
  predictedIou,
  objectLogit,
  pointer: Float32Array.of(frame, 0, 0, 0),
  maskMemory: Float32Array.of(frame),
});
