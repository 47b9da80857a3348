import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkEveryMs, registerStream, type StreamTurn, stepStream, streamRules } from './stream-lifecycle.ts';

/** Steps with pauses between them, as a stream lives. */
const lives = fc.array(fc.record({ input: fc.constantFrom('frame' as const, 'check' as const), afterMs: fc.nat(200_000) }), {
  maxLength: 200,
});

describe('the life of a stream', () => {
  it('is stale after 30 seconds without a frame, parked after 120, and active with the next frame', () => {
    let life = registerStream(1_000);
    const seen: [number, StreamTurn['type']][] = [];
    const step = (input: 'frame' | 'check' | 'close', nowMs: number): void => {
      const next = stepStream(life, input, nowMs);
      life = next.life;
      for (const { type } of next.turns) seen.push([nowMs, type]);
    };
    step('frame', 2_000);
    for (let ms = 12_000; ms <= 200_000; ms += checkEveryMs) step('check', ms);
    step('frame', 201_000);
    step('check', 211_000);
    step('close', 212_000);
    step('frame', 213_000);
    expect(seen).toEqual([
      [32_000, 'stale'],
      [122_000, 'parked'],
      [201_000, 'reactivated'],
      [212_000, 'closing'],
    ]);
    expect(life.phase).toBe('closing');
  });

  it('says each turn once, in order, and depends on nothing but the time since the last frame', () => {
    fc.assert(
      fc.property(lives, (steps) => {
        let nowMs = 0;
        let heardMs = 0;
        let life = registerStream(0);
        const turns: StreamTurn['type'][] = [];
        for (const { input, afterMs } of steps) {
          nowMs += afterMs;
          const next = stepStream(life, input, nowMs);
          life = next.life;
          turns.push(...next.turns.map(({ type }) => type));
          if (input === 'frame') heardMs = nowMs;
          const silentMs = nowMs - heardMs;
          if (input === 'frame') expect(life.phase).toBe('active');
          else if (silentMs >= streamRules.parkMs) expect(life.phase).toBe('parked');
          else if (silentMs >= streamRules.staleMs) expect(life.phase).toBe('stale');
          else expect(life.phase).toBe('active');
        }
        turns.forEach((type, i) => {
          const before = turns[i - 1] ?? 'reactivated';
          expect({ stale: ['reactivated'], parked: ['stale'], reactivated: ['stale', 'parked'], closing: [] }[type]).toContain(before);
        });
      }),
    );
  });

  it('does not go back when a clock does', () => {
    const { life, turns } = stepStream({ phase: 'active', heardMs: 50_000 }, 'check', 10_000);
    expect([life.phase, turns]).toEqual(['active', []]);
  });
});
