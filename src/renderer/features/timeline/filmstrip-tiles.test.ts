import fc from 'fast-check';
import { expect, it } from 'vitest';
import { filmstripTiles } from './filmstrip-tiles.ts';
import { clampRange } from './timeline-view.ts';

it('tiles cover what is in view without gaps, and are few', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (frameCount, at, share) => {
        const range = clampRange({ start: at * frameCount, span: share * frameCount, frameCount });
        const tiles = filmstripTiles(range, 1000, 70);
        expect(tiles.length).toBeLessThanOrEqual(1000 / 70 + 2);
        expect(tiles[0]!.frame).toBeLessThanOrEqual(range.start);
        expect(tiles.at(-1)!.end).toBeGreaterThanOrEqual(Math.min(frameCount, Math.floor(range.start + range.span)));
        for (let i = 1; i < tiles.length; i++) expect(tiles[i]!.frame).toBe(tiles[i - 1]!.end);
      },
    ),
  );
});

it('shows the same frames while it is scrolled', () => {
  const range = { start: 0, span: 1000, frameCount: 10_000 };
  const here = filmstripTiles(range, 1000, 70).map(({ frame }) => frame);
  const there = filmstripTiles({ ...range, start: 500 }, 1000, 70).map(({ frame }) => frame);
  expect(there.filter((frame) => here.includes(frame)).length).toBeGreaterThan(4);
});
