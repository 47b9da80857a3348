import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameUncertainty } from '../uncertainty.ts';
import { conditioningRank, keyWeights } from './key-weights.ts';
import { extendedScore, isCertainFrame, rebase, type ScoredCandidate, selectCandidates, storyOf } from './select-candidates.ts';

const candidate = (path: number, k: number, pathScore: number, predictedIou: number, objectLogit = 5): ScoredCandidate => ({
  path,
  candidate: k,
  pathScore,
  predictedIou,
  objectLogit,
});
const named = (list: readonly ScoredCandidate[]): string[] => list.map(({ path, candidate: k }) => `${path}.${k}`);

describe('rule L3', () => {
  it('adds ln(IoU + 1e-5) to the pathScore, without normalising', () => {
    expect(extendedScore(-0.5, 0.8)).toBeCloseTo(-0.5 + Math.log(0.80001), 12);
    expect(extendedScore(0, 0)).toBeCloseTo(Math.log(1e-5), 12);
  });

  it('weights the past by the decay of the live variant', () => {
    expect(extendedScore(-1, 1 - 1e-5, 0.9)).toBeCloseTo(-0.9, 12);
  });
});

describe('rule L4', () => {
  it('is certain when one path is sure, either way', () => {
    expect(isCertainFrame([0.5, -2.5, 1], 2)).toBe(true);
    expect(isCertainFrame([2, -2, 0], 2)).toBe(false);
  });

  it('keeps the three best scores, copies or not', () => {
    const all = [candidate(0, 0, -0.1, 0.9), candidate(1, 0, -0.1, 0.9), candidate(0, 1, -0.5, 0.6), candidate(2, 0, -0.1, 0.9)];
    expect(named(selectCandidates(all, 3, true))).toEqual(['0.0', '1.0', '2.0']);
  });
});

describe('rule L5', () => {
  it('keeps one candidate of each IoU rounded to two decimals, by score', () => {
    const all = [
      candidate(0, 0, -0.1, 0.901),
      candidate(1, 0, -0.2, 0.899),
      candidate(0, 1, -0.3, 0.7),
      candidate(1, 1, -0.4, 0.5),
      candidate(2, 2, -0.5, 0.3),
    ];
    expect(named(selectCandidates(all, 3, false))).toEqual(['0.0', '0.1', '1.1']);
  });

  it('tells an absent object apart from a present one of the same IoU', () => {
    expect(storyOf({ predictedIou: 0.9, objectLogit: 0 })).toBe(-90);
    const all = [candidate(0, 0, -0.1, 0.9, 1), candidate(1, 0, -0.2, 0.9, -1), candidate(0, 1, -0.9, 0.9, 1)];
    expect(named(selectCandidates(all, 2, false))).toEqual(['0.0', '1.0']);
  });

  it('fills up with the best of each path that has none yet', () => {
    const all = [0, 1, 2].flatMap((path) => [candidate(path, 0, -0.1 * path, 0.8), candidate(path, 1, -1 - path, 0.8)]);
    expect(named(selectCandidates(all, 3, false))).toEqual(['0.0', '1.0', '2.0']);
  });
});

const candidates = fc
  .tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.array(
      fc.tuple(fc.double({ min: -20, max: 0, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: -4, max: 4 })),
      {
        minLength: 3,
        maxLength: 15,
      },
    ),
  )
  .map(([paths, list]) =>
    list.map(([pathScore, predictedIou, logit], at) => candidate(at % paths, Math.floor(at / paths), pathScore, predictedIou, logit)),
  );

describe('for all candidates', () => {
  it('never keeps more than the most allowed, and always the best', () => {
    fc.assert(
      fc.property(candidates, fc.integer({ min: 1, max: 6 }), fc.boolean(), (all, most, isCertain) => {
        const kept = selectCandidates(all, most, isCertain);
        expect(kept.length).toBeLessThanOrEqual(most);
        expect(kept.length).toBeGreaterThan(0);
        expect(kept[0]!.pathScore === Math.max(...all.map(({ pathScore }) => pathScore))).toBe(true);
        expect(new Set(named(kept)).size).toBe(kept.length);
      }),
    );
  });

  it('keeps the same ones in whatever order they come', () => {
    fc.assert(
      fc.property(
        candidates.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        fc.boolean(),
        ([all, shuffled], isCertain) => {
          expect(named(selectCandidates(shuffled, 3, isCertain))).toEqual(named(selectCandidates(all, 3, isCertain)));
        },
      ),
    );
  });

  it('rebasing keeps order and gaps, and the best is 0 (rule L13)', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 8 }), (scores) => {
        const rebased = rebase(scores);
        expect(Math.max(...rebased)).toBe(0);
        scores.forEach((pathScore, i) => {
          expect(rebased[i]! - rebased[0]!).toBeCloseTo(pathScore - scores[0]!, 8);
        });
      }),
    );
  });
});

describe('key weights (rule L9)', () => {
  it('go from 0.95 to 1.05 by ascending object logit, the conditioning frame ranked as 10', () => {
    const weights = keyWeights([conditioningRank, 3, -1, 12]);
    expect(weights.map((w) => Number(w.toFixed(4)))).toEqual([1.0167, 0.9833, 0.95, 1.05]);
  });

  it('leave a single entry alone', () => {
    expect(keyWeights([3])).toEqual([1]);
  });
});

describe('uncertainty', () => {
  it('is high where a near rival sees something else, or presence is in doubt', () => {
    const sure = frameUncertainty({ objectLogit: 12, predictedIou: 1 }, []);
    const same = frameUncertainty({ objectLogit: 12, predictedIou: 1 }, [{ agreement: 1, pathScore: -0.1 }]);
    const near = frameUncertainty({ objectLogit: 12, predictedIou: 1 }, [{ agreement: 0.2, pathScore: -0.1 }]);
    const far = frameUncertainty({ objectLogit: 12, predictedIou: 1 }, [{ agreement: 0.2, pathScore: -5 }]);
    const doubt = frameUncertainty({ objectLogit: 0, predictedIou: 1 }, []);
    expect(sure).toBeLessThan(0.01);
    expect(same).toBeCloseTo(sure, 12);
    expect(near).toBeGreaterThan(0.7);
    expect(far).toBeLessThan(0.02);
    expect(doubt).toBe(1);
    // Sure that it is there, unsure of its mask: what the predicted IoU lacks.
    expect(frameUncertainty({ objectLogit: 12, predictedIou: 0.4 }, [])).toBeCloseTo(0.6, 2);
  });
});
