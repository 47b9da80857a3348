/** Which of a detector's boxes are told: those good enough, each thing once. */

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

type Box = Pick<Detection, 'left' | 'top' | 'right' | 'bottom'>;

const areaOf = ({ left, top, right, bottom }: Box): number => Math.max(0, right - left) * Math.max(0, bottom - top);

/** Intersection over union; 0 for empty boxes. */
export const boxIou = (a: Box, b: Box): number => {
  const both = areaOf({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });
  return both === 0 ? 0 : both / (areaOf(a) + areaOf(b) - both);
};

/**
 * Greedy suppression within each class: best score first, then the order given, so equal scores give the same result
 * each time.
 * @param overlap IoU from which the worse of two boxes goes
 */
export const suppress = (detections: readonly Detection[], overlap: number): Detection[] => {
  const kept: Detection[] = [];
  for (const one of [...detections].sort((a, b) => b.score - a.score)) {
    if (!kept.some((other) => other.classIndex === one.classIndex && boxIou(one, other) > overlap)) kept.push(one);
  }
  return kept;
};
