/** Shares of the time, order within a session, and who goes first, over any arrivals and costs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairScheduler, mostUrgentDebtMs, quantumMs } from './fair-scheduler.ts';

const dearestMs = 400;
const cost = fc.integer({ min: 1, max: dearestMs });

/** Serves `count` pieces of sessions that always have work. @returns ms by session */
const backlogged = (costs: readonly (readonly number[])[], count: number): number[] => {
  const scheduler = new FairScheduler<number>();
  const served = costs.map(() => 0);
  const spent = costs.map(() => 0);
  costs.forEach((_, session) => {
    for (let i = 0; i < 3; i++) scheduler.add(String(session), i);
  });
  for (let i = 0; i < count; i++) {
    const chosen = scheduler.take()!;
    const session = Number(chosen.session);
    const own = costs[session]!;
    const ms = own[served[session]!++ % own.length]!;
    spent[session]! += ms;
    scheduler.spent(chosen, ms);
    scheduler.add(chosen.session, 0);
  }
  return spent;
};

describe('sessions that always have work', () => {
  it('get the same time, give or take a round and the dearest piece', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(cost, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 300 }),
        (costs, count) => {
          const spent = backlogged(costs, count);
          const bound = quantumMs + Math.max(...costs.flat());
          expect(Math.max(...spent) - Math.min(...spent)).toBeLessThanOrEqual(bound);
        },
      ),
    );
  });

  it('share within a tenth, whatever a piece of each costs', () => {
    fc.assert(
      fc.property(cost, cost, (a, b) => {
        const [first, second] = backlogged([[a], [b]], 30 * (Math.ceil(dearestMs / Math.min(a, b)) + 1)) as [number, number];
        expect(Math.abs(first - second)).toBeLessThan(0.1 * Math.max(first, second) + quantumMs);
      }),
      { numRuns: 50 },
    );
  });
});

describe('shares', () => {
  it('give a session with twice the share twice the time', () => {
    fc.assert(
      fc.property(cost, cost, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), (a, b, shareA, shareB) => {
        const scheduler = new FairScheduler<number>();
        scheduler.setShare('a', shareA);
        scheduler.setShare('b', shareB);
        const spent = { a: 0, b: 0 };
        for (const session of ['a', 'b', 'a', 'b']) scheduler.add(session, 0);
        for (let i = 0; i < 400; i++) {
          const chosen = scheduler.take()!;
          const ms = chosen.session === 'a' ? a : b;
          spent[chosen.session as 'a' | 'b'] += ms;
          scheduler.spent(chosen, ms);
          scheduler.add(chosen.session, 0);
        }
        const bound = quantumMs + Math.max(a / shareA, b / shareB);
        expect(Math.abs(spent.a / shareA - spent.b / shareB)).toBeLessThanOrEqual(bound);
      }),
    );
  });
});

const arrivals = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('add' as const), session: fc.constantFrom('a', 'b', 'c'), isUrgent: fc.boolean() }),
    fc.record({ kind: fc.constant('take' as const), ms: cost }),
  ),
  { maxLength: 120 },
);

describe('any arrivals', () => {
  it('are all served, each session in its order, and none while there is nothing', () => {
    fc.assert(
      fc.property(arrivals, (steps) => {
        const scheduler = new FairScheduler<number>();
        const added = new Map<string, number[]>();
        const taken = new Map<string, number[]>();
        let number = 0;
        let waiting = 0;
        const take = (ms: number): void => {
          const chosen = scheduler.take();
          expect(chosen === null).toBe(waiting === 0);
          if (!chosen) return;
          waiting--;
          taken.set(chosen.session, [...(taken.get(chosen.session) ?? []), chosen.item]);
          scheduler.spent(chosen, ms);
        };
        for (const step of steps) {
          if (step.kind === 'take') take(step.ms);
          else {
            waiting++;
            scheduler.add(step.session, number, step.isUrgent);
            added.set(step.session, [...(added.get(step.session) ?? []), number++]);
          }
        }
        while (waiting > 0) take(1);
        expect(scheduler.isEmpty).toBe(true);
        expect(Object.fromEntries(taken)).toEqual(Object.fromEntries(added));
      }),
    );
  });

  it('of one session are a plain queue', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ ms: cost, isUrgent: fc.boolean() })), (pieces) => {
        const scheduler = new FairScheduler<number>();
        for (const [index, { isUrgent }] of pieces.entries()) scheduler.add('only', index, isUrgent);
        for (const [index, { ms }] of pieces.entries()) {
          const chosen = scheduler.take()!;
          expect(chosen.item).toBe(index);
          scheduler.spent(chosen, ms);
        }
        expect(scheduler.take()).toBeNull();
      }),
    );
  });
});

describe('urgent work', () => {
  it('goes before other sessions, behind what its own session has queued, the first that came first', () => {
    const scheduler = new FairScheduler<string>();
    for (const item of ['a1', 'a2', 'a3']) scheduler.add('a', item);
    scheduler.add('b', 'b1');
    scheduler.add('c', 'c click', true);
    scheduler.add('b', 'b click', true);
    const order: string[] = [];
    for (let chosen = scheduler.take(); chosen; chosen = scheduler.take()) {
      order.push(chosen.item);
      scheduler.spent(chosen, 30);
    }
    expect(order.slice(0, 3)).toEqual(['c click', 'b1', 'b click']);
  });

  it('is paid for by its session, but never for long', () => {
    const scheduler = new FairScheduler<string>();
    scheduler.add('other', 'frame');
    for (let i = 0; i < 100; i++) {
      scheduler.add('looked at', 'click', true);
      scheduler.spent(scheduler.take()!, 100);
    }
    let spentOnOther = 0;
    scheduler.add('looked at', 'frame');
    for (;;) {
      const chosen = scheduler.take()!;
      if (chosen.session === 'looked at') break;
      scheduler.spent(chosen, 25);
      spentOnOther += 25;
      scheduler.add('other', 'frame');
    }
    expect(spentOnOther).toBeGreaterThan(mostUrgentDebtMs / 2);
    expect(spentOnOther).toBeLessThanOrEqual(mostUrgentDebtMs + 2 * quantumMs + 25);
  });
});

it('a session that was idle has saved up no more than a round', () => {
  const scheduler = new FairScheduler<string>();
  scheduler.add('idle', 'once');
  scheduler.spent(scheduler.take()!, 1);
  for (let i = 0; i < 50; i++) {
    scheduler.add('busy', 'frame');
    scheduler.spent(scheduler.take()!, 30);
  }
  for (const session of ['idle', 'busy']) for (let i = 0; i < 9; i++) scheduler.add(session, 'frame');
  const order: string[] = [];
  for (let i = 0; i < 8; i++) {
    const chosen = scheduler.take()!;
    order.push(chosen.session);
    scheduler.spent(chosen, 30);
  }
  expect(order.filter((session) => session === 'busy').length).toBeGreaterThanOrEqual(3);
});

it('tells whose work is likely to be next', () => {
  const scheduler = new FairScheduler<string>();
  expect(scheduler.likelyNext('a')).toBeNull();
  for (const session of ['a', 'b']) for (let i = 0; i < 5; i++) scheduler.add(session, 'frame');
  for (let i = 0; i < 8; i++) {
    const chosen = scheduler.take()!;
    const expected = scheduler.likelyNext(chosen.session);
    scheduler.spent(chosen, 30);
    // From the second piece of each on its cost is known.
    if (i >= 2) {
      const next = scheduler.likelyNext('neither');
      expect(next).toBe(expected);
    }
  }
});
