import { expect, test } from 'vitest';
import { ModelLock } from './model-lock.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Work that ends when it is told to. */
const work = (name: string, told: string[]) => {
  let end = (): void => {};
  let fail = (): void => {};
  const run = (): Promise<string> => {
    told.push(`${name} begins`);
    return new Promise<void>((resolve, reject) => {
      end = resolve;
      fail = () => reject(new Error(name));
    }).then(
      () => {
        told.push(`${name} ends`);
        return name;
      },
      (error) => {
        told.push(`${name} fails`);
        throw error;
      },
    );
  };
  return { run, end: () => end(), fail: () => fail() };
};

test('a change waits for what uses the model, and what comes later waits for the change', async () => {
  const told: string[] = [];
  const lock = new ModelLock();
  const [first, second, change, later] = [work('first', told), work('second', told), work('change', told), work('later', told)];
  const used = [lock.use(first.run), lock.use(second.run)];
  await settled();
  const changed = lock.change(change.run);
  const waiting = lock.use(later.run);
  first.end();
  await settled();
  expect(told).toEqual(['first begins', 'second begins', 'first ends']);
  second.end();
  await settled();
  expect(told.slice(3)).toEqual(['second ends', 'change begins']);
  change.end();
  await settled();
  expect(told.slice(5)).toEqual(['change ends', 'later begins']);
  later.end();
  expect(await Promise.all([...used, changed, waiting])).toEqual(['first', 'second', 'change', 'later']);
});

test('what fails holds up nothing, and changes come one after another', async () => {
  const told: string[] = [];
  const lock = new ModelLock();
  const [user, change, next] = [work('user', told), work('change', told), work('next', told)];
  const used = lock.use(user.run);
  await settled();
  const changes = [lock.change(change.run), lock.change(next.run)];
  user.fail();
  await expect(used).rejects.toThrow('user');
  await settled();
  change.fail();
  await expect(changes[0]).rejects.toThrow('change');
  await settled();
  next.end();
  expect(await changes[1]).toBe('next');
  expect(await lock.use(async () => 'goes on')).toBe('goes on');
  expect(told).toEqual(['user begins', 'user fails', 'change begins', 'change fails', 'next begins', 'next ends']);
});
