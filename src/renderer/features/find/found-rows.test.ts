import { describe, expect, it } from 'vitest';
import { testObject } from '../../state/test-state.ts';
import { classCounts, type FoundFilter, foundRows } from './found-rows.ts';

const found = (
  id: number,
  label: string | null,
  first: number,
  change: Partial<Parameters<typeof testObject>[1]> & { isAuto?: boolean } = {},
) => {
  const { isAuto = true, ...rest } = change;
  return testObject(id, {
    name: `${label ?? 'object'} ${id}`,
    results: [
      [first, first + 4],
      [first + 8, first + 9],
    ],
    found: { label, source: 'detector', score: 0.9, isAuto },
    ...rest,
  });
};
const objects = [found(1, 'dog', 6), testObject(2), found(3, null, 0), found(4, 'car', 9), found(5, 'car', 2, { isAuto: false })];
const all: FoundFilter = { label: undefined, name: '', isAutoOnly: false };
const ids = (filter: Partial<FoundFilter>, order: 'class' | 'time' = 'class') =>
  foundRows(objects, { ...all, ...filter }, order).map(({ object }) => object.id);

describe('the list of found objects', () => {
  it('is by class, then by time, without what the user made', () => {
    expect(ids({})).toEqual([5, 4, 1, 3]);
    expect(ids({}, 'time')).toEqual([3, 5, 1, 4]);
  });

  it('is filtered by class, name, and what was touched', () => {
    expect(ids({ label: 'car' })).toEqual([5, 4]);
    expect(ids({ label: null })).toEqual([3]);
    expect(ids({ name: ' DOG' })).toEqual([1]);
    expect(ids({ isAutoOnly: true })).toEqual([4, 1, 3]);
    expect(classCounts(objects)).toEqual([
      { label: 'car', count: 2 },
      { label: 'dog', count: 1 },
      { label: null, count: 1 },
    ]);
  });

  it('tells first and last frame, and where each is seen best', () => {
    const place = { frame: 11, box: { x: 0, y: 0, width: 2, height: 2 } };
    const [row] = foundRows([found(1, 'dog', 6, { found: { label: 'dog', source: 'grid', score: 1, isAuto: true, place } })], all, 'time');
    expect(row).toMatchObject({ first: 6, last: 15, best: 11 });
    expect(foundRows([found(1, 'dog', 6)], all, 'time')[0]!.best).toBe(6);
  });
});
