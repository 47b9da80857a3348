/** The list, its keys and its marks go by the same entries. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCounted, isSameEntry, lossFrames, neighbourEntry, type ReviewEntry, reviewKinds } from './review.ts';

const entry = fc
  .record({
    objectId: fc.integer({ min: 1, max: 3 }),
    kind: fc.constantFrom(...reviewKinds),
    first: fc.nat(200),
    length: fc.integer({ min: 1, max: 40 }),
    place: fc.double({ min: 0, max: 1, noNaN: true }),
    isBack: fc.boolean(),
  })
  .map(({ objectId, kind, first, length, place, isBack }): ReviewEntry => {
    const last = first + length - 1;
    const foundAgain = kind === 'absence' && isBack ? last + 1 : null;
    return {
      objectId,
      kind,
      first,
      last,
      frame: first + Math.floor(place * (length - 1)),
      uncertainty: 0.5,
      foundAgain,
      other: null,
      isDone: false,
    };
  });

describe('stepping through the list', () => {
  it('forward from the start stops once at every frame of a counted entry, backward at the same ones', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
        const walk = (from: number, direction: 1 | -1): number[] => {
          const next = neighbourEntry(entries, from, direction);
          return next ? [next.frame, ...walk(next.frame, direction)] : [];
        };
        const stops = walk(-1, 1);
        expect(stops).toEqual([...new Set(entries.filter(isCounted).map(({ frame }) => frame))].sort((a, b) => a - b));
        expect(walk(1000, -1).reverse()).toEqual(stops);
      }),
    );
  });

  it('losses and returns are those of the absences in it', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
        const frames = lossFrames(entries);
        for (const { kind, first, foundAgain } of entries) {
          if (kind !== 'absence') continue;
          expect(frames).toContain(first);
          if (foundAgain !== null) expect(frames).toContain(foundAgain);
        }
        expect(frames.length).toBeLessThanOrEqual(2 * entries.filter(({ kind }) => kind === 'absence').length);
      }),
    );
  });
});

describe('isSameEntry', () => {
  it('is mutual, and true of an entry itself', () => {
    fc.assert(
      fc.property(entry, entry, (a, b) => {
        expect(isSameEntry(a, a)).toBe(true);
        expect(isSameEntry(a, b)).toBe(isSameEntry(b, a));
        if (isSameEntry(a, b)) expect(a.objectId).toBe(b.objectId);
      }),
    );
  });

  it('takes an absence that became a third as long for a new one', () => {
    const lost = { objectId: 1, kind: 'absence', frame: 10, first: 10, last: 69 } as const;
    expect(isSameEntry(lost, { ...lost, first: 12, last: 66 })).toBe(true);
    expect(isSameEntry(lost, { ...lost, frame: 50, first: 50 })).toBe(false);
  });
});
