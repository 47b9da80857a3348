/** What the decoder offers one path on one frame, and what a path remembers of the one it took. */
import type { AttendableFrame } from '../memory-bank.ts';

export interface Candidate {
  /** Decoder token, 0..3. */
  token: number;
  /** Predicted IoU, 0..1. */
  predictedIou: number;
  /** Of the path, the same for its candidates. */
  objectLogit: number;
  /** [4h * 4h] raw logits, a view. May be read where the tree says that the path is to be drawn. */
  readonly logits: Float32Array;
  /** [h*h, Cm] of its mask, where that was made with it; else null. */
  readonly maskMemory: Float32Array | null;
  /** [C] with the no-object rule applied, a view. */
  pointer: Float32Array;
}

/** Its memory is null until encoded, and when only the pointer is still of use. */
export interface RememberedFrame extends AttendableFrame {
  readonly frame: number;
  readonly predictedIou: number;
  readonly objectLogit: number;
}
