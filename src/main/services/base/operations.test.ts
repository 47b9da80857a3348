/** Long work: it ends done, cancelled or failed, and says so. */
import { describe, expect, it } from 'vitest';
import { Operations } from './operations.ts';

describe('Operations', () => {
  it('end done, cancelled or failed, and keep their last state', async () => {
    const failures: string[] = [];
    const operations = new Operations(
      () => {},
      ({ message }) => failures.push(message),
    );
    let release: (state: 'done' | 'cancelled') => void = () => {};
    const id = operations.start(
      'track',
      'Track',
      (running) => {
        running.progress(1, 4);
        return new Promise((resolve) => {
          release = resolve;
        });
      },
      () => release('cancelled'),
    );
    expect(operations.isRunning('track')).toBe(true);
    operations.cancel(id);
    expect(await operations.ended(id)).toMatchObject({ state: 'cancelled', done: 1, total: 4, error: null });

    const failed = operations.start(
      'export',
      'Export',
      () => Promise.reject(new Error('no')),
      () => {},
    );
    expect(await operations.ended(failed)).toMatchObject({ state: 'failed', error: { code: 'internal', message: 'no' } });
    expect(operations.isRunning('export')).toBe(false);
    expect(failures).toEqual(['no']);
  });

  it('reckons the time left by the work, where that is not what is shown', async () => {
    const operations = new Operations(
      () => {},
      () => {},
    );
    const { promise: ended, resolve: end } = Promise.withResolvers<'done'>();
    const id = operations.start(
      'export',
      'Export',
      async (running) => {
        running.progress(0, 100, { done: 0, left: 1000 });
        const began = performance.now();
        while (performance.now() - began < 120) await new Promise(setImmediate);
        running.progress(50, 100, { done: 100, left: 900 });
        return ended;
      },
      () => {},
    );
    while (operations.get(id)?.etaMs == null) await new Promise(setImmediate);
    const { done, total, etaMs } = operations.get(id)!;
    expect([done, total]).toEqual([50, 100]);
    // Nine times as long as it took so far, not as long again.
    expect(etaMs).toBeGreaterThan(900);
    end('done');
    await operations.ended(id);
  });
});
