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
});
