import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedError, type ReviewFrame, rankReview, reviewSpacing } from './review-queue.ts';

const clip = (length: number, doubt: (frame: number) => number, objectId = 1): ReviewFrame[] =>
  Array.from({ length }, (_, frame) => ({ objectId, frame, uncertainty: doubt(frame) }));
const framesOf = (queue: readonly ReviewFrame[]): number[] => queue.map(({ frame }) => frame);

describe('rankReview', () => {
  it('spreads over a clip that is equally doubtful everywhere', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 40, max: 400 }),
        fc.integer({ min: 2, max: 5 }),
        fc.double({ min: 0.1, max: 1, noNaN: true }),
        (length, count, doubt) => {
          const queue = framesOf(
            rankReview(
              clip(length, () => doubt),
              count,
              new Map([[1, [0]]]),
            ),
          );
          expect(queue.length).toBe(count);
          const ascending = [0, ...queue.sort((a, b) => a - b)];
          const gaps = ascending.slice(1).map((frame, i) => frame - ascending[i]!);
          const even = length / (count + 1);
          expect(Math.min(...gaps.slice(1))).toBeGreaterThanOrEqual(even * 0.25);
          expect(Math.max(...gaps, length - ascending.at(-1)!)).toBeLessThanOrEqual(even * 3);
        },
      ),
    );
  });

  it('begins with the one doubtful stretch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 300 }), fc.double({ min: 0.1, max: 0.8, noNaN: true }), (length, place) => {
        const from = Math.round(length * place);
        const [first] = rankReview(
          clip(length, (frame) => (frame >= from && frame < from + 12 ? 0.9 : 0.02)),
          1,
          new Map([[1, [0]]]),
        );
        // A correction is felt ahead of itself, so it belongs to the stretch's beginning or a little before.
        expect(first!.frame).toBeGreaterThanOrEqual(from - 6);
        expect(first!.frame).toBeLessThan(from + 12);
      }),
    );
  });

  it('prefers the doubtful object of two', () => {
    const frames = [...clip(50, () => 0.2, 1), ...clip(50, () => 0.7, 2)];
    const queue = rankReview(frames, 3, new Map([1, 2].map((id) => [id, [0]])));
    expect(queue[0]!.objectId).toBe(2);
    expect(queue.filter(({ objectId }) => objectId === 2).length).toBeGreaterThanOrEqual(2);
  });

  it('leaves neighbourhoods of prompts alone, and prefers what is far from them', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 199 }), { minLength: 1, maxLength: 6 }), (prompts) => {
        const queue = framesOf(
          rankReview(
            clip(200, () => 0.5),
            5,
            new Map([[1, prompts]]),
          ),
        );
        for (const frame of queue) for (const prompt of prompts) expect(Math.abs(frame - prompt)).toBeGreaterThanOrEqual(reviewSpacing);
      }),
    );
    const prompted = new Map([[1, [0, 30, 40, 50, 60]]]);
    expect(
      framesOf(
        rankReview(
          clip(120, () => 0.5),
          1,
          prompted,
        ),
      )[0],
    ).toBeGreaterThan(65);
  });

  it('expects more error far from prompts, where the model is as sure as near them', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(500), fc.nat(500), (doubt, near, more) => {
        const [a, b] = [expectedError(doubt, near), expectedError(doubt, near + more)];
        expect(a).toBeGreaterThanOrEqual(doubt - 1e-12);
        expect(b).toBeGreaterThanOrEqual(a - 1e-12);
        expect(b).toBeLessThanOrEqual(1);
      }),
    );
    expect(expectedError(0.1, 0)).toBeCloseTo(0.1, 12);
    // Equal doubt all along: the first offer lies in the later half.
    expect(
      framesOf(
        rankReview(
          clip(60, () => 0.1),
          1,
          new Map([[1, [0]]]),
        ),
      )[0],
    ).toBeGreaterThan(30);
  });

  it('offers each object that is lost once before any of them again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 10, max: 40 }), (count, from) => {
        const frames = Array.from({ length: count }, (_, i) => clip(60, (frame) => (frame >= from ? 0.9 : 0.1), i + 1)).flat();
        const queue = rankReview(frames, count, new Map(Array.from({ length: count }, (_, i) => [i + 1, [0]])));
        expect(new Set(queue.map(({ objectId }) => objectId)).size).toBe(count);
        // Where it is lost, with frames ahead that are mended too.
        for (const { frame } of queue) expect(frame).toBeGreaterThanOrEqual(from);
        for (const { frame } of queue) expect(frame).toBeLessThan(52);
      }),
    );
  });

  it('expects no more of a correction than the prompt before it held', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.double({ min: 0.5, max: 0.95, noNaN: true }), (held, doubt) => {
        const [first] = rankReview(
          clip(80, (frame) => (frame < held ? 0.05 : doubt)),
          1,
          new Map([[1, [0]]]),
        );
        // Right after the loss it would be lost as soon again, and the frames before it were right anyway.
        expect(first!.frame).toBeGreaterThanOrEqual(2 * held);
      }),
    );
    // A prompt that held long lets a correction be felt long: it belongs to the beginning of what was lost.
    const [late] = rankReview(
      clip(120, (frame) => (frame < 60 ? 0.05 : 0.9)),
      1,
      new Map([[1, [0]]]),
    );
    expect(late!.frame).toBeGreaterThanOrEqual(60);
    expect(late!.frame).toBeLessThan(80);
  });

  it('gives every object in trouble its turn before the worst has a third', () => {
    const frames = [0.9, 0.7, 0.6].flatMap((doubt, i) => clip(60, () => doubt, i + 1));
    const queue = rankReview(frames, 5, new Map([1, 2, 3].map((id) => [id, [0]])));
    expect(queue[0]!.objectId).toBe(1);
    for (const id of [1, 2, 3]) expect(queue.filter(({ objectId }) => objectId === id).length).toBeGreaterThanOrEqual(1);
    expect(queue.filter(({ objectId }) => objectId === 1).length).toBeLessThanOrEqual(2);
  });

  it('gives a correction no credit beyond the next prompt', () => {
    // What is behind the second prompt can't be offered, being too near it, and changes nothing of what is before.
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (beyond) => {
        const first = (doubt: number): number =>
          framesOf(
            rankReview(
              clip(54, (frame) => (frame > 50 ? doubt : 0.3)),
              1,
              new Map([[1, [0, 50]]]),
            ),
          )[0]!;
        expect(first(beyond)).toBe(first(0));
      }),
    );
  });

  it('counts what a correction mends behind itself', () => {
    const entry = (objectId: number, frame: number, uncertainty: number): ReviewFrame => ({ objectId, frame, uncertainty });
    const queue = rankReview([entry(1, 10, 0.5), entry(2, 10, 0.5), entry(2, 7, 0.1)], 1);
    expect(queue).toEqual([entry(2, 10, 0.5)]);
  });

  it('has frames once, spaced apart, whatever the order given', () => {
    const frames = fc.uniqueArray(
      fc.record({
        objectId: fc.integer({ min: 1, max: 3 }),
        frame: fc.nat(200),
        uncertainty: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { maxLength: 60, selector: ({ objectId, frame }) => `${objectId}:${frame}` },
    );
    fc.assert(
      fc.property(
        frames.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          const queue = rankReview(list, 5);
          expect(rankReview(shuffled, 5)).toEqual(queue);
          expect(queue.length).toBeLessThanOrEqual(5);
          expect(queue.length > 0).toBe(list.length > 0);
          queue.forEach((entry, i) => {
            for (const other of queue.slice(0, i))
              if (other.objectId === entry.objectId) expect(Math.abs(other.frame - entry.frame)).toBeGreaterThanOrEqual(reviewSpacing);
          });
          // Asking for more does not change what comes first.
          expect(rankReview(list, 3)).toEqual(queue.slice(0, 3));
        },
      ),
    );
  });

  it('is quick with as many frames as are remembered', () => {
    const frames = clip(2000, (frame) => ((frame * 7919) % 100) / 100);
    expect(rankReview(frames, 20).length).toBe(20);
  });
});
