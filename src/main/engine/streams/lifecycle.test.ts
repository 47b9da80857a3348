import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deadlineMs,
  initialLifecycle,
  isOver,
  type Lifecycle,
  type LifecycleAction,
  type LifecycleEvent,
  networkRules,
  pauseMs,
  stepLifecycle,
} from './lifecycle.ts';

const rules = networkRules(3);
const problem = { code: 'address-timeout' as const, message: 'gone' };
const broken = (isFinal = false): LifecycleEvent => ({ type: 'broken', problem, isFinal });

/** A machine with its clock; actions are gathered. */
const machine = (tries = rules.tries) => {
  let state: Lifecycle = initialLifecycle;
  let nowMs = 0;
  const actions: LifecycleAction[] = [];
  const own = { ...rules, tries };
  const send = (event: LifecycleEvent): Lifecycle => {
    const next = stepLifecycle(state, event, own, nowMs, 0.5);
    state = next.state;
    actions.push(...next.actions);
    return state;
  };
  /** Waits for the next deadline. */
  const wait = (): Lifecycle => {
    nowMs = deadlineMs(state, own) ?? nowMs;
    return send({ type: 'tick' });
  };
  return { send, wait, take: () => actions.splice(0), at: () => nowMs, get: () => state };
};

describe('a live source', () => {
  it('connects, is live with its first picture, and stalls when none comes', () => {
    const { send, wait, take, at } = machine();
    expect(send({ type: 'start' }).phase).toBe('connecting');
    expect(take()).toEqual(['connect']);
    expect(send({ type: 'picture' })).toMatchObject({ phase: 'live', attempt: 0, problem: null });
    expect(wait()).toMatchObject({ phase: 'stalled' });
    expect([at(), take()]).toEqual([3_000, []]);
    expect(send({ type: 'picture' }).phase).toBe('live');
  });

  it('is connected anew when it stays silent', () => {
    const { send, wait, take, at, get } = machine();
    send({ type: 'start' });
    send({ type: 'picture' });
    wait();
    take();
    expect(wait()).toMatchObject({ phase: 'reconnecting', attempt: 1, problem: { code: 'address-timeout' } });
    expect([at(), take()]).toEqual([10_000, ['disconnect']]);
    wait();
    expect([take(), get().retryAtMs]).toEqual([['connect'], null]);
    expect(send({ type: 'picture' })).toMatchObject({ phase: 'live', attempt: 0, problem: null });
  });

  it('tries with growing pauses and gives up after its tries', () => {
    const { send, wait, take, get } = machine();
    send({ type: 'start' });
    take();
    const pauses: number[] = [];
    for (let i = 0; i < 3; i++) {
      send(broken());
      pauses.push(get().retryAtMs!);
      expect(take()).toEqual(['disconnect']);
      wait();
      expect(take()).toEqual(['connect']);
    }
    expect(send(broken())).toMatchObject({ phase: 'failed', problem });
    expect(take()).toEqual(['disconnect', 'finish']);
    expect(pauses.map((ms, i) => ms - (pauses[i - 1] ?? 0))).toEqual([875, 1750, 3500]);
  });

  it('does not try again what would not help', () => {
    const { send, take } = machine();
    send({ type: 'start' });
    expect(send(broken(true)).phase).toBe('failed');
    expect(take()).toEqual(['connect', 'disconnect', 'finish']);
  });

  it('pauses never longer than the longest, and never under three quarters of it', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const ms = pauseMs(attempt, rules, random);
        const whole = Math.min(rules.longestPauseMs, rules.firstPauseMs * 2 ** attempt);
        expect(ms).toBeLessThanOrEqual(whole);
        expect(ms).toBeGreaterThanOrEqual(whole * 0.75);
      }),
    );
  });

  const events = fc.array(
    fc.record({
      event: fc.oneof(
        fc.constantFrom<LifecycleEvent>({ type: 'start' }, { type: 'picture' }, { type: 'tick' }, { type: 'tick' }),
        fc.boolean().map(broken),
        fc.constantFrom<LifecycleEvent>({ type: 'ended' }, { type: 'stop' }),
      ),
      afterMs: fc.nat(40_000),
    }),
    { maxLength: 60 },
  );

  it('does not begin twice while it waits for its next try', () => {
    const { send, take } = machine();
    send({ type: 'start' });
    send(broken());
    take();
    send({ type: 'start' });
    expect(take()).toEqual([]);
  });

  it('whatever comes: at most one connection, one finish, and always a way on', () => {
    fc.assert(
      fc.property(events, fc.nat(4), (sequence, tries) => {
        const own = { ...rules, tries };
        let state = initialLifecycle;
        let connections = 0;
        let finishes = 0;
        let nowMs = 0;
        for (const { event, afterMs } of [{ event: { type: 'start' } as LifecycleEvent, afterMs: 0 }, ...sequence]) {
          nowMs += afterMs;
          const wasOver = isOver(state);
          const next = stepLifecycle(state, event, own, nowMs, 0.3);
          state = next.state;
          for (const action of next.actions) {
            if (action === 'connect') connections++;
            if (action === 'disconnect') connections--;
            if (action === 'finish') finishes++;
          }
          expect(connections).toBe(state.heardMs === null ? 0 : 1);
          expect(finishes).toBe(isOver(state) ? 1 : 0);
          expect(state.attempt).toBeLessThanOrEqual(tries);
          if (wasOver) expect(next.actions).toEqual([]);
          // Unless it is over, something is waited for.
          else if (!isOver(state)) expect(deadlineMs(state, own)).not.toBeNull();
        }
      }),
    );
  });
});
