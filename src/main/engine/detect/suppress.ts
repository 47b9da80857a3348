/** Which of a detector's boxes are told: those good enough, each thing once. */

import { boxIou, edgesOf } from '../../common/box-iou.ts';

/** A box in shares of the picture, 0..1 from its upper left. */
export interface Detection {
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** 0..1. */
  score: number;
  /** Place in the manifest's list of classes. */
  classIndex: number;
}

/**
 * Greedy suppression within each class: best score first, then the order given, so equal scores give the same result
 * each time.
 * @param overlap IoU from which the worse of two boxes goes
 */
export const suppress = (detections: readonly Detection[], overlap: number): Detection[] => {
  const kept: Detection[] = [];
  for (const one of [...detections].sort((a, b) => b.score - a.score)) {
    if (!kept.some((other) => other.classIndex === one.classIndex && boxIou(edgesOf(one), edgesOf(other)) > overlap)) kept.push(one);
  }
  return kept;
};
