import { expect, it } from 'vitest';
import { InferenceQueue } from './inference-queue.ts';

/** Work that takes so many ms of a clock that only work moves. */
const setUp = () => {
  let nowMs = 0;
  const queue = new InferenceQueue(() => nowMs);
  const order: string[] = [];
  const work =
    (name: string, ms = 10) =>
    async (): Promise<string> => {
      await Promise.resolve();
      nowMs += ms;
      order.push(name);
      return name;
    };
  return { queue, order, work };
};

it('runs a session in its order, and what fails holds up nothing', async () => {
  const { queue, order, work } = setUp();
  const failing = queue.run('a', async () => {
    throw new Error('no');
  });
  const others = ['a1', 'a2', 'a3'].map((name) => queue.run('a', work(name)));
  await expect(failing).rejects.toThrow('no');
  expect(await Promise.all(others)).toEqual(['a1', 'a2', 'a3']);
  expect(order).toEqual(['a1', 'a2', 'a3']);
});

it('lets sessions take turns, and what somebody waits for go first', async () => {
  const { queue, order, work } = setUp();
  const all = ['a1', 'a2', 'a3'].map((name) => queue.run('a', work(name, 30)));
  all.push(...['b1', 'b2'].map((name) => queue.run('b', work(name, 30))));
  all.push(queue.run('c', work('c click'), { isUrgent: true }));
  await Promise.all(all);
  expect(order).toEqual(['c click', 'a1', 'b1', 'a2', 'b2', 'a3']);
});

it('keeps work that runs alone between what came before and what came later', async () => {
  const { queue, order, work } = setUp();
  await Promise.all([
    queue.run('a', work('a1')),
    queue.run('b', work('b1')),
    queue.runAlone(work('load')),
    queue.run('a', work('a2')),
    queue.run('b', work('b click'), { isUrgent: true }),
    queue.runAlone(work('load again')),
    queue.run('a', work('a3')),
  ]);
  expect(order).toEqual(['a1', 'b1', 'load', 'b click', 'a2', 'load again', 'a3']);
  expect(await queue.run('c', work('c1'))).toBe('c1');
});
