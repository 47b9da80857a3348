import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GridMask } from './grid-mask.ts';

const size = 9;
const cells = fc.uniqueArray(fc.integer({ min: 0, max: size * size - 1 }), { maxLength: 40 });
const maskOf = (set: readonly number[]): GridMask => GridMask.of(size, (cell) => set.includes(cell));
const cellsOf = (mask: GridMask): number[] => Array.from({ length: size * size }, (_, cell) => cell).filter((cell) => mask.has(cell));

describe('a grid mask', () => {
  it('counts like a set of cells', () => {
    fc.assert(
      fc.property(cells, cells, (a, b) => {
        const [first, second] = [maskOf(a), maskOf(b)];
        const both = a.filter((cell) => b.includes(cell));
        expect(first.area).toBe(a.length);
        expect(first.shared(second)).toBe(both.length);
        expect(first.iou(second)).toBe(both.length === 0 ? 0 : both.length / new Set([...a, ...b]).size);
        expect(first.insideOf(second)).toBe(a.length === 0 ? 0 : both.length / a.length);
        expect(cellsOf(first.union(second))).toEqual([...new Set([...a, ...b])].sort((x, y) => x - y));
      }),
    );
  });

  it('falls into pieces that hang together, touch no other and make up the whole', () => {
    fc.assert(
      fc.property(cells, (set) => {
        const pieces = maskOf(set).pieces();
        expect(pieces.flatMap(cellsOf).sort((a, b) => a - b)).toEqual([...set].sort((a, b) => a - b));
        for (const [at, piece] of pieces.entries()) {
          expect(piece.pieces()).toHaveLength(1);
          for (const other of pieces.slice(at + 1)) {
            expect(other.area).toBeLessThanOrEqual(piece.area);
            expect(piece.grown().shared(other)).toBe(0);
          }
        }
      }),
    );
  });

  it('has a box that holds it and no smaller one', () => {
    fc.assert(
      fc.property(cells, (set) => {
        const box = maskOf(set).box;
        if (set.length === 0) {
          expect(box).toBeNull();
          return;
        }
        const [columns, rows] = [set.map((cell) => cell % size), set.map((cell) => Math.floor(cell / size))];
        const expected = [Math.min(...columns), Math.min(...rows), Math.max(...columns) + 1, Math.max(...rows) + 1];
        expect(box).toEqual(expected.map((edge) => edge / size));
      }),
    );
  });

  it('grows by the cells beside it, and never across the edge of a row', () => {
    const right = maskOf([size - 1]).grown();
    expect(cellsOf(right)).toEqual([size - 2, size - 1, 2 * size - 1]);
  });
});
