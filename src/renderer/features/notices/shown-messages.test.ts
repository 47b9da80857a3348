import { expect, it } from 'vitest';
import type { Toast } from '../../state/window-state.ts';
import { sortMessages } from './shown-messages.ts';

const message = (id: number, level: Toast['level'] = 'info', text = String(id)): Toast => ({ id, level, text });
const shownOf = (all: Toast[], said: string | null = null): number[] =>
  sortMessages(all, (text) => text === said).shown.map(({ id }) => id);

it('shows the newest, and beside it what went wrong', () => {
  expect(shownOf([message(1), message(2), message(3)])).toEqual([2, 3]);
  expect(shownOf([message(1, 'error'), message(2, 'warning'), message(3)])).toEqual([2, 3]);
  expect(shownOf([message(1, 'error'), message(2), message(3)])).toEqual([1, 3]);
});

it('drops what has no room and what the dialog says', () => {
  const all = [message(1), message(2, 'error', 'refused'), message(3)];
  expect(shownOf(all, 'refused')).toEqual([1, 3]);
  expect(sortMessages(all, (text) => text === 'refused').dropped.map(({ id }) => id)).toEqual([2]);
});
