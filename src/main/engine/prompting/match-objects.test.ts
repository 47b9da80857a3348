import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GridMask } from './grid-mask.ts';
import { distinct, matchCandidate } from './match-objects.ts';

const size = 12;
/** Columns and rows of a rectangle, both ends included. */
const field = ([left, right]: [number, number], [top, bottom]: [number, number]): GridMask =>
  GridMask.of(
    size,
    (cell) => cell % size >= left && cell % size <= right && Math.floor(cell / size) >= top && Math.floor(cell / size) <= bottom,
  );
const nothing = GridMask.empty(size);
const edges = fc
  .tuple(fc.integer({ min: 0, max: size - 1 }), fc.integer({ min: 0, max: size - 1 }))
  .map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a]));
const rectangle = fc.tuple(edges, edges).map(([columns, rows]) => field(columns, rows));

describe('a candidate', () => {
  const horse = { mask: field([2, 7], [2, 7]) };

  it.each([
    ['same', field([2, 7], [3, 8])],
    ['part', field([2, 4], [2, 4])],
    ['whole', field([0, 10], [0, 10])],
    ['new', field([9, 11], [0, 3])],
  ])('is taken for the %s', (kind, mask) => {
    expect(matchCandidate(mask, [horse], horse.mask).kind).toBe(kind);
  });

  it('is no newcomer where more than half of it is tracked, by whoever it may be', () => {
    expect(matchCandidate(field([0, 5], [0, 5]), [], field([0, 3], [0, 5])).kind).toBe('covered');
    expect(matchCandidate(field([0, 5], [0, 5]), [], field([0, 2], [0, 5])).kind).toBe('new');
  });

  it('is the track that it overlaps most', () => {
    const [near, nearer] = [{ mask: field([2, 8], [2, 8]) }, { mask: field([3, 9], [2, 8]) }];
    expect(matchCandidate(field([3, 9], [2, 9]), [near, nearer], nothing)).toEqual({ kind: 'same', track: nearer });
  });

  it('that is new overlaps no track by half, lies in none and holds none', () => {
    fc.assert(
      fc.property(rectangle, fc.array(rectangle, { maxLength: 4 }), (mask, masks) => {
        const tracks = masks.map((one) => ({ mask: one }));
        const match = matchCandidate(
          mask,
          tracks,
          masks.reduce((all, one) => all.union(one), nothing),
        );
        for (const track of tracks) {
          const isNear = mask.iou(track.mask) >= 0.5 || mask.insideOf(track.mask) >= 0.8 || track.mask.insideOf(mask) >= 0.8;
          if (isNear) expect(match.kind).not.toBe('new');
        }
        if (tracks.length === 0) expect(match.kind).toBe('new');
      }),
    );
  });
});

describe('candidates of one frame', () => {
  it('are each told once: no two that stay would match', () => {
    fc.assert(
      fc.property(fc.array(rectangle, { maxLength: 8 }), (masks) => {
        const kept = distinct(masks.map((mask) => ({ mask })));
        for (const [at, candidate] of kept.entries()) {
          expect(['new', 'covered']).toContain(matchCandidate(candidate.mask, kept.slice(0, at), nothing).kind);
        }
        expect(kept.length > 0).toBe(masks.length > 0);
        expect(distinct(kept)).toEqual(kept);
      }),
    );
  });
});
