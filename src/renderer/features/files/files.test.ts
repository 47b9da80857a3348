import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileEntry } from '../../../shared/files.ts';
import { moveInGrid } from './move-in-grid.ts';
import { searchEntries } from './search-entries.ts';

const entry = (name: string): FileEntry => ({ name, path: `/v/${name}`, kind: 'video', bytes: 1, modifiedAt: 0 });

describe('searchEntries', () => {
  it('wants every word, in any case, order and with or without accents', () => {
    const entries = ['Müller in the harbour.mp4', 'harbour.mp4', 'park.mp4'].map(entry);
    expect(searchEntries(entries, 'HARBOUR muller')).toEqual([entries[0]]);
    expect(searchEntries(entries, ' harbour ')).toEqual(entries.slice(0, 2));
    expect(searchEntries(entries, '')).toEqual(entries);
  });
});

describe('moveInGrid', () => {
  it('moves by one and by rows', () => {
    expect(moveInGrid('ArrowRight', 0, 7, 3)).toBe(1);
    expect(moveInGrid('ArrowDown', 1, 7, 3)).toBe(4);
    expect(moveInGrid('ArrowDown', 4, 7, 3)).toBe(6);
    expect(moveInGrid('ArrowDown', 6, 7, 3)).toBe(6);
    expect(moveInGrid('ArrowUp', 1, 7, 3)).toBe(1);
    expect(moveInGrid('ArrowDown', -1, 7, 3)).toBe(0);
    expect(moveInGrid('End', 0, 7, 3)).toBe(6);
    expect(moveInGrid('a', 0, 7, 3)).toBeNull();
  });

  it('never leaves the cards', () => {
    const keys = fc.constantFrom('ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End');
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 8 }), fc.nat(), (key, count, columns, at) => {
        const next = moveInGrid(key, (at % (count + 1)) - 1, count, columns);
        expect(next).toBeGreaterThanOrEqual(0);
        expect(next).toBeLessThan(count);
      }),
    );
  });
});
