/** What the review list is made of: one entry for what is one thing, and none for what is right. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildReview,
  isRightlyAway,
  joinAbsences,
  type ReviewObject,
  type ReviewSignal,
  touchesEdge,
  unsureDoubt,
} from './build-review.ts';
import { isCounted, markOf } from './review.ts';

const sure = (length: number): ReviewSignal[] => Array.from({ length }, (_, frame) => ({ frame, uncertainty: 0.15, clarity: 0.9 }));
const object = (change: Partial<ReviewObject> = {}): ReviewObject => ({
  ...{ objectId: 1, prompts: [0], isStale: false, absences: [], signals: sure(120) },
  ...change,
});
const withDoubt = (from: number, to: number, change: Partial<ReviewSignal> = {}): ReviewSignal[] =>
  sure(120).map((signal) =>
    signal.frame >= from && signal.frame <= to ? { ...signal, uncertainty: 0.9, clarity: 0.1, ...change } : signal,
  );

describe('buildReview', () => {
  it('has one entry for a loss of sixty frames, with where it begins and where the object is found again', () => {
    const lost = { first: 30, last: 89, foundAgain: 90 };
    const [first, ...others] = buildReview([object({ absences: [lost], signals: withDoubt(28, 92) })]);
    expect(first).toMatchObject({ kind: 'absence', ...lost, isDone: false });
    expect(first!.frame).toBeGreaterThanOrEqual(30);
    expect(first!.frame).toBeLessThanOrEqual(89);
    expect(others.filter(({ kind }) => kind === 'absence')).toEqual([]);
  });

  it('counts nothing where the model is sure, and offers spot checks all the same', () => {
    const entries = buildReview([object()]);
    expect(entries.filter(isCounted)).toEqual([]);
    expect(entries).toHaveLength(5);
  });

  it('says what it is: same masks, jumps, two stories, doubt', () => {
    const kindAt = (signals: ReviewSignal[]): string | undefined => buildReview([object({ signals })])[0]?.kind;
    expect(kindAt(withDoubt(40, 70, { overlap: { other: 2, iou: 0.9 } }))).toBe('overlap');
    expect(kindAt(withDoubt(40, 40, { hasJumped: true, uncertainty: 0.2, clarity: 0.9 }))).toBe('jump');
    expect(kindAt(withDoubt(40, 50, { isSplit: true }))).toBe('disagreement');
    expect(kindAt(withDoubt(40, 50))).toBe('doubt');
  });

  it('is done when looked at, and when corrected until it is tracked again', () => {
    const lost = object({ absences: [{ first: 30, last: 89, foundAgain: 90 }], signals: withDoubt(30, 89) });
    const [entry] = buildReview([lost]);
    expect(buildReview([lost], [markOf(entry!)])[0]!.isDone).toBe(true);
    const corrected = { ...lost, prompts: [0, 50] };
    const absence = (isStale: boolean) => buildReview([{ ...corrected, isStale }]).find(({ kind }) => kind === 'absence');
    expect([absence(true)?.isDone, absence(false)?.isDone]).toEqual([true, false]);
  });

  it('holds for any results: entries within the clip, of objects there are, each frame looked at once, absences once', () => {
    const signals = fc.array(
      fc.record({
        uncertainty: fc.double({ min: 0, max: 1, noNaN: true }),
        clarity: fc.double({ min: 0, max: 1, noNaN: true }),
        hasJumped: fc.boolean(),
        isSame: fc.boolean(),
      }),
      { minLength: 1, maxLength: 80 },
    );
    const lost = fc.uniqueArray(fc.nat(15), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(signals, lost, fc.uniqueArray(fc.nat(79), { maxLength: 3 })), { minLength: 1, maxLength: 3 }),
        (made) => {
          const objects = made.map(([list, places, prompts], i): ReviewObject => {
            const absences = places
              .sort((a, b) => a - b)
              .map((place) => ({ first: place * 5, last: place * 5 + 2, foundAgain: place * 5 + 3 }));
            const known = list.map(
              ({ isSame, ...signal }, frame): ReviewSignal => ({ frame, ...signal, ...(isSame && { overlap: { other: 9, iou: 0.8 } }) }),
            );
            return { objectId: i + 1, prompts, isStale: false, absences, signals: known.filter(({ frame }) => !prompts.includes(frame)) };
          });
          const entries = buildReview(objects);
          for (const { objectId, frame, first, last, kind, uncertainty } of entries) {
            expect(objectId).toBeLessThanOrEqual(objects.length);
            expect(first).toBeLessThanOrEqual(frame);
            expect(frame).toBeLessThanOrEqual(last);
            if (kind === 'doubt') expect(uncertainty).toBeGreaterThanOrEqual(unsureDoubt);
          }
          const keys = entries.map(({ objectId, frame }) => `${objectId}:${frame}`);
          expect(new Set(keys).size).toBe(keys.length);
          for (const { objectId, absences } of objects) {
            const listed = entries.filter((entry) => entry.objectId === objectId && entry.kind === 'absence').map(({ first }) => first);
            expect(listed.sort((a, b) => a - b)).toEqual(absences.map(({ first }) => first));
          }
        },
      ),
    );
  });
});

describe('an absence', () => {
  it('is right where the object left the picture, and came back the same way, if it did', () => {
    expect(isRightlyAway('edge', 'edge')).toBe(true);
    expect(isRightlyAway('edge', 'end')).toBe(true);
    expect(isRightlyAway('start', 'edge')).toBe(true);
    expect(isRightlyAway('inside', 'edge')).toBe(false);
    expect(isRightlyAway('edge', 'inside')).toBe(false);
    expect(isRightlyAway('start', 'end')).toBe(false);
    const size = { width: 100, height: 50 };
    expect(touchesEdge([0, 10, 20, 20], size)).toBe(true);
    expect(touchesEdge([79, 10, 20, 20], size)).toBe(true);
    expect(touchesEdge([40, 10, 20, 20], size)).toBe(false);
  });

  it('is one with the next across a mask that flickers, not across a prompt', () => {
    const two = [
      { first: 10, last: 20, foundAgain: 21 },
      { first: 24, last: 30, foundAgain: null },
    ];
    expect(joinAbsences(two, [])).toEqual([{ first: 10, last: 30, foundAgain: null }]);
    expect(joinAbsences(two, [22])).toEqual(two);
  });
});
