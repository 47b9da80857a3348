/** How much a frame is worth a look, for the review list. */

/** Distance of an object logit from 0 at which the doubt about presence has fallen to 1/e. */
const presenceScale = 2;

/**
 * 0..1. Branches that disagree with the best one count by how different their masks are and how near their pathScore
 * is; an object logit near 0 and a low predicted IoU count by themselves, so one path alone has doubts as well.
 */
export const frameUncertainty = (
  best: { objectLogit: number; predictedIou: number },
  others: readonly { /** Mask IoU with the best branch. */ agreement: number /** ln scale, <= 0. */; pathScore: number }[],
): number => {
  let disagreement = 0;
  for (const { agreement, pathScore } of others) disagreement = Math.max(disagreement, (1 - agreement) * Math.exp(Math.min(0, pathScore)));
  const presence = Math.exp(-Math.abs(best.objectLogit) / presenceScale);
  // Over clips and objects the model's prediction is right on average: what it lacks to 1 is the error.
  const quality = Math.min(1, Math.max(0, best.predictedIou));
  return 1 - (1 - disagreement) * (1 - presence) * quality;
};
