import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GridMask } from './grid-mask.ts';
import { isSteady, returnDistance } from './same-thing.ts';

const size = 24;
const field = (left: number, top: number, width: number, height: number): GridMask =>
  GridMask.of(
    size,
    (cell) => cell % size >= left && cell % size < left + width && Math.floor(cell / size) >= top && Math.floor(cell / size) < top + height,
  );
const place = fc.integer({ min: 0, max: 12 });
const side = fc.integer({ min: 2, max: 8 });
const rectangle = fc.tuple(place, place, side, side).map((sides) => field(...sides));

describe('a thing from one frame to the next', () => {
  it('may move by less than its extent when it keeps its shape', () => {
    expect(isSteady(field(2, 2, 4, 4), field(5, 2, 4, 4))).toBe(true);
    expect(isSteady(field(2, 2, 4, 4), field(7, 2, 4, 4))).toBe(false);
    expect(isSteady(field(2, 2, 4, 4), field(4, 2, 1, 6))).toBe(false);
    expect(isSteady(field(2, 2, 4, 4), GridMask.empty(size))).toBe(false);
  });

  it('is steady where it stays, and the same seen backward', () => {
    fc.assert(
      fc.property(rectangle, rectangle, (a, b) => {
        expect(isSteady(a, a)).toBe(true);
        expect(isSteady(a, b)).toBe(isSteady(b, a));
      }),
    );
  });
});

describe('a thing that was away', () => {
  it('is near where it was lost, and about as large', () => {
    expect(returnDistance(field(2, 2, 4, 4), field(8, 2, 4, 4))).toBe(6);
    expect(returnDistance(field(2, 2, 4, 4), field(14, 2, 4, 4))).toBeNull();
    expect(returnDistance(field(2, 2, 4, 4), field(2, 2, 8, 8))).toBeNull();
    expect(returnDistance(field(2, 2, 4, 4), GridMask.empty(size))).toBeNull();
    expect(returnDistance(GridMask.empty(size), field(2, 2, 4, 4))).toBeNull();
  });
});

describe('a mask that is moved', () => {
  it('has its centre moved with it, and comes back, as long as nothing leaves the grid', () => {
    fc.assert(
      fc.property(rectangle, fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }), (mask, columns, rows) => {
        const moved = mask.shifted(columns, rows);
        const [[x, y], [toX, toY]] = [mask.centre!, moved.centre!];
        expect([toX - x, toY - y].map((by) => Math.round(by * 1e6) / 1e6)).toEqual([columns, rows]);
        expect(moved.shifted(-columns, -rows).iou(mask)).toBe(1);
      }),
    );
    expect(GridMask.empty(size).centre).toBeNull();
  });
});
