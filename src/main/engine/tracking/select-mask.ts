/** Which of the decoder's four candidates is the answer (rules 8 to 11). */
import type { TrackerConstants } from './constants.ts';
import type { DecodedObjects } from './decoded-objects.ts';

export interface SelectedMask {
  /** [4h * 4h], the no-object rule applied. */
  logits: Float32Array;
  /** [C] */
  pointer: Float32Array;
  /** Predicted IoU of the chosen mask. */
  predictedIou: number;
  objectLogit: number;
  /** Candidate whose mask is used, 0..3. */
  candidate: number;
}

/** Rule 8: several masks for a tracked frame or a single click, one for a box or two and more points. */
export const usesMultimask = (constants: TrackerConstants, pointCount: number, isInitialFrame: boolean): boolean =>
  (isInitialFrame || constants.multimaskForTracking) &&
  pointCount >= constants.multimaskMinPoints &&
  pointCount <= constants.multimaskMaxPoints;

/** |logit > delta| / |logit > -delta|, 1 where nothing is above -delta (rule 10). */
const stability = (logits: Float32Array, delta: number): number => {
  let inner = 0;
  let outer = 0;
  for (let i = 0; i < logits.length; i++) {
    const logit = logits[i]!;
    if (logit > delta) inner++;
    if (logit > -delta) outer++;
  }
  return outer === 0 ? 1 : inner / outer;
};

/** The candidate of object `index` that is chosen whatever its mask looks like; null where that counts. */
export const candidateByIou = (output: DecodedObjects, index: number, multimask: boolean): number | null =>
  multimask ? bestOfThree(output.ious, index * 4) : null;

/** Index 1..3 of the highest predicted IoU, the first on a tie (as argmax does). */
const bestOfThree = (ious: Float32Array, base: number): number => {
  let best = 1;
  for (let k = 2; k <= 3; k++) if (ious[base + k]! > ious[base + best]!) best = k;
  return best;
};

/** The mask and the pointer of one candidate, as the user asked for it. */
export const takeCandidate = (constants: TrackerConstants, output: DecodedObjects, candidate: number): SelectedMask => {
  const dim = constants.hiddenDim;
  return {
    logits: output.logits(0, candidate).slice(),
    pointer: output.pointers.slice(candidate * dim, (candidate + 1) * dim),
    predictedIou: output.ious[candidate]!,
    // A user who picks a mask says that the object is there.
    objectLogit: Math.max(output.objectLogit[0]!, Number.EPSILON),
    candidate,
  };
};

/** Of objects that the decoder takes for absent, the mask is not looked at where the choice does not depend on it. */
export const needsMask = (objectLogit: number, multimask: boolean): boolean => objectLogit > 0 || !multimask;

/** Chooses for object `index` of the batch, whose masks are drawn where it {@link needsMask}. */
export const selectMask = (constants: TrackerConstants, output: DecodedObjects, index: number, multimask: boolean): SelectedMask => {
  const objectLogit = output.objectLogit[index]!;
  let maskFrom = 0;
  let pointerFrom = 0;
  if (multimask) {
    maskFrom = bestOfThree(output.ious, index * 4);
    pointerFrom = maskFrom;
  } else if (stability(output.logits(index, 0), constants.stabilityDelta) < constants.stabilityThreshold) {
    // The mask is replaced, the pointer stays token 0's (rule 10).
    maskFrom = bestOfThree(output.ious, index * 4);
  }
  const logits =
    objectLogit > 0 ? output.logits(index, maskFrom).slice() : new Float32Array(constants.logitSize ** 2).fill(constants.noObjScore);
  const dim = constants.hiddenDim;
  return {
    logits,
    pointer: output.pointers.slice((index * 4 + pointerFrom) * dim, (index * 4 + pointerFrom + 1) * dim),
    predictedIou: output.ious[index * 4 + maskFrom]!,
    objectLogit,
    candidate: maskFrom,
  };
};
