import { expect, it, vi } from 'vitest';
import { workSigns } from './work-signs.ts';

it('the computer stays awake exactly while there is work', () => {
  const blocker = { start: vi.fn(() => 7), stop: vi.fn(() => true) };
  const shares: number[] = [];
  const show = workSigns(blocker, (share) => shares.push(share), vi.fn());
  const at = (state: string, done = 0, total = 0) => ({ operations: [{ state, done, total }] }) as never;
  show({ operations: [] });
  expect(blocker.start).not.toHaveBeenCalled();
  show(at('running'));
  show(at('running', 50, 100));
  show(at('running', 50, 100));
  expect(blocker.start).toHaveBeenCalledExactlyOnceWith('prevent-app-suspension');
  show(at('done', 100, 100));
  show({ operations: [] });
  expect(blocker.stop).toHaveBeenCalledExactlyOnceWith(7);
  expect(shares).toEqual([0, 0.5, -1]);
  show(at('running'));
  expect(blocker.start).toHaveBeenCalledTimes(2);
});
