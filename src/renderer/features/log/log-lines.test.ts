import { expect, it } from 'vitest';
import { filterLines, parseLine } from './log-lines.ts';

const lines = ['2026-01-01T10:00:00.000Z info The clip was opened', '2026-01-01T10:00:01.000Z warning The disk is nearly full', 'torn'];

it('reads the time, the level and the text of a line', () => {
  expect(parseLine(lines[1]!, 1)).toEqual({
    index: 1,
    time: '2026-01-01T10:00:01.000Z',
    level: 'warning',
    text: 'The disk is nearly full',
  });
  expect(parseLine('torn', 2)).toEqual({ index: 2, time: '', level: 'info', text: 'torn' });
});

it('shows lines of a level and above that hold every word', () => {
  const error = '2026-01-01T10:00:02.000Z error The disk is full';
  expect(filterLines([...lines, error], 'warning', '').map(({ index }) => index)).toEqual([1, 3]);
  expect(filterLines([...lines, error], 'error', '').map(({ index }) => index)).toEqual([3]);
  expect(filterLines([...lines, error], 'all', 'DISK full').map(({ index }) => index)).toEqual([1, 3]);
});
