import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { networkRules } from './lifecycle.ts';
import { LifecycleDriver } from './lifecycle-driver.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const problem = { code: 'address-unreachable' as const, message: 'gone' };

describe('the clock of a lifecycle', () => {
  it('tries again when the pause is over, not when the connection would have been given up', async () => {
    const done: string[] = [];
    const driver = new LifecycleDriver(networkRules(5), {
      connect: () => done.push('connect'),
      disconnect: () => done.push('disconnect'),
      finish: () => done.push('finish'),
      changed: () => {},
    });
    driver.send({ type: 'start' });
    driver.send({ type: 'broken', problem, isFinal: false });
    await vi.advanceTimersByTimeAsync(1_100);
    expect(done).toEqual(['connect', 'disconnect', 'connect']);
    driver.send({ type: 'picture' });
    await vi.advanceTimersByTimeAsync(2_900);
    driver.send({ type: 'picture' });
    await vi.advanceTimersByTimeAsync(2_900);
    expect(driver.state.phase).toBe('live');
    await vi.advanceTimersByTimeAsync(200);
    expect(driver.state.phase).toBe('stalled');
    await vi.advanceTimersByTimeAsync(7_000);
    expect([driver.state.phase, done.at(-1)]).toEqual(['reconnecting', 'disconnect']);
    driver.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(done.at(-1)).toBe('disconnect');
  });
});
