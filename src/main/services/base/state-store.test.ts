/** What clients mirror is sent seldom, and always the newest. */
import { describe, expect, it } from 'vitest';
import { StateStore } from './state-store.ts';

describe('StateStore', () => {
  it('pushes the newest revision once for many changes', async () => {
    const store = new StateStore((revision) => ({ revision }));
    const seen: number[] = [];
    const pushed = new Promise<void>((resolve) => {
      store.subscribe(({ revision }) => {
        seen.push(revision);
        resolve();
      });
    });
    for (let i = 0; i < 50; i++) store.touch();
    // The store's timer does not keep a program alive; this one does.
    const alive = setInterval(() => {}, 1000);
    await pushed;
    clearInterval(alive);
    expect(seen).toEqual([51]);
  });
});
