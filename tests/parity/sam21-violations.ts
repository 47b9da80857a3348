/** Where a free run of the tracker is further from the official predictor than rounding explains. */
import type { CallComparison } from './sam21-recording.ts';

/** Numbers are recorded as 16-bit floats; masks of absent objects are -1024. */
export interface FreeRunTolerances {
  /** Of a frame that no memory has reached yet: the arithmetic alone. */
  promptLogit: number;
  /** Drift of a run: single memory elements round to another bf16 value. */
  logit: number;
  score: number;
  iou: number;
  pointer: number;
  maskIou: number;
}

export const violationsOf = (calls: readonly CallComparison[], allowed: FreeRunTolerances): string[] =>
  calls.flatMap((call) => {
    // The sign of the object logit empties the mask: this near to zero it may fall either way.
    const isUndecided = Math.abs(call.score) < allowed.score;
    const found: string[] = [];
    const check = (what: string, value: number, limit: number): void => {
      if (!(value <= limit)) found.push(`${call.at}: ${what} differs by ${value}`);
    };
    if (!call.hasSameTokens) found.push(`${call.at}: another number of attended tokens`);
    check('the object logit', call.scoreDifference, allowed.score);
    check('the predicted IoU', call.iouDifference, allowed.iou);
    if (isUndecided) return found;
    check('the pointer', call.pointerDifference, allowed.pointer);
    check('the mask (1 - IoU)', 1 - call.maskIou, 1 - allowed.maskIou);
    const isFirst = call.expected.tokens === null;
    if (call.logitDifference !== null) check('a logit', call.logitDifference, isFirst ? allowed.promptLogit : allowed.logit);
    return found;
  });

/**
 * What a free run on the recorded weights stays within; half a step of the 16-bit floats is up to 0.008 of a logit and
 * 0.016 of a pointer.
 */
export const freeRun: FreeRunTolerances = { promptLogit: 0.02, logit: 0.1, score: 0.01, iou: 0.001, pointer: 0.05, maskIou: 0.995 };

/**
 * The same for the 48 blocks of "large", whose random features are further apart and amplify the drift about tenfold a
 * frame.
 */
export const deepFreeRun: FreeRunTolerances = { promptLogit: 0.02, logit: 1, score: 0.2, iou: 0.005, pointer: 0.5, maskIou: 0.98 };
