/** Which candidates live on (rules L3 to L5 and L13). */

export interface ScoredCandidate {
  /** Place of its path among the paths. */
  path: number;
  /** Place among the path's candidates. */
  candidate: number;
  /** ln scale. */
  pathScore: number;
  /** 0..1 */
  predictedIou: number;
  /** Of its path. */
  objectLogit: number;
}

const epsilon = 1e-5;

/**
 * Rule L3: S(p,k) = S(p) + ln(IoU + 1e-5).
 * @param decay weight of the score so far, 1 in SAM2Long
 */
export const extendedScore = (pathScore: number, rating: number, decay = 1): number => decay * pathScore + Math.log(rating + epsilon);

/** Rule L4: certain when some path's object logit is farther from 0 than the threshold. */
export const isCertainFrame = (objectLogits: readonly number[], uncertaintyLogit: number): boolean =>
  objectLogits.some((logit) => Math.abs(logit) > uncertaintyLogit);

/** Best first; ties by path, then candidate, so that the result does not depend on the order given. */
const byScore = (a: ScoredCandidate, b: ScoredCandidate): number =>
  b.pathScore - a.pathScore || a.path - b.path || a.candidate - b.candidate;

/** Rule L5: the predicted IoU rounded to two decimals, negated where the path believes the object absent. */
export const storyOf = ({ predictedIou, objectLogit }: Pick<ScoredCandidate, 'predictedIou' | 'objectLogit'>): number =>
  Math.round(predictedIou * 100) * (objectLogit <= 0 ? -1 : 1);

/**
 * At most `most` candidates, best first. Certain: the best by score (L4). Uncertain: the best of each story; when those
 * are too few, the best of every path that is not among them yet (L5).
 */
export const selectCandidates = (all: readonly ScoredCandidate[], most: number, isCertain: boolean): ScoredCandidate[] => {
  const sorted = [...all].sort(byScore);
  if (isCertain) return sorted.slice(0, most);
  const kept: ScoredCandidate[] = [];
  const stories = new Set<number>();
  for (const candidate of sorted) {
    if (kept.length >= most) break;
    const story = storyOf(candidate);
    if (stories.has(story)) continue;
    stories.add(story);
    kept.push(candidate);
  }
  for (const candidate of sorted) {
    if (kept.length >= most) break;
    if (!kept.some(({ path }) => path === candidate.path)) kept.push(candidate);
  }
  return kept.sort(byScore);
};

/** Rule L13: the best score becomes 0; the order stays. */
export const rebase = (scores: readonly number[]): number[] => {
  const best = Math.max(...scores);
  return scores.map((score) => score - best);
};
