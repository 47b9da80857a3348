/** Key modulation by object logit (rule L9; SAM2Long, arXiv 2410.16268, section 3.3). */

const lowest = 0.95;
const highest = 1.05;
/** A conditioning frame is ranked as if its object logit were this. */
export const conditioningRank = 10;

/**
 * Weights from 0.95 to 1.05 in even steps, handed out by ascending object logit. On a tie the earlier entry gets the
 * smaller one.
 * @param objectLogits of what is attended, conditioning frames as {@link conditioningRank}
 */
export const keyWeights = (objectLogits: readonly number[]): number[] => {
  const order = objectLogits.map((_, index) => index).sort((a, b) => objectLogits[a]! - objectLogits[b]! || a - b);
  const weights = new Array<number>(objectLogits.length).fill(1);
  if (objectLogits.length < 2) return weights;
  order.forEach((index, rank) => {
    weights[index] = lowest + ((highest - lowest) * rank) / (objectLogits.length - 1);
  });
  return weights;
};
