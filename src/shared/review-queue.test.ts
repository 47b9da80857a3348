import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReviewFrame, rankReview, reviewSpacing } from './review-queue.ts';

const clip = (length: number, doubt: (frame: number) => number, objectId = 1): ReviewFrame[] =>
  Array.from({ length }, (_, frame) => ({ objectId, frame, uncertainty: doubt(frame) }));
const framesOf = (queue: readonly ReviewFrame[]): number[] => queue.map(({ frame }) => frame);

describe('rankReview', () => {
  it('spreads over a clip that is equally doubtful everywhere', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 40, max: 400 }),
        fc.integer({ min: 2, max: 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
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
          expect(Math.min(...gaps)).toBeGreaterThanOrEqual(even * 0.4);
          expect(Math.max(...gaps, length - ascending.at(-1)!)).toBeLessThanOrEqual(even * 2.2);
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

  it('gives a correction no credit beyond the next prompt', () => {
    // The doubt lies right behind a prompt: frames before that prompt can't settle it.
    const doubt = (frame: number): number => (frame > 50 && frame < 62 ? 0.9 : 0);
    expect(framesOf(rankReview(clip(100, doubt), 1, new Map([[1, [0, 50]]])))[0]).toBeGreaterThan(50);
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
