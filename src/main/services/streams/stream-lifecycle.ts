/**
 * What a configured stream goes through, as a pure machine on a monotonic clock: active, stale after a while without a
 * frame, parked after a longer while, closing. A parked stream holds no tracker, ring or decoder; its connection is
 * tried without end, and the next frame makes it active again. The connection itself is another machine, in the engine.
 */

export interface StreamRules {
  /** Without a frame for so long it is stale, ms. */
  staleMs: number;
  /** Without a frame for so long it is parked, ms; longer than `staleMs`. */
  parkMs: number;
}

export const streamRules: StreamRules = { staleMs: 30_000, parkMs: 120_000 };

/** From one check to the next, ms. */
export const checkEveryMs = 10_000;

type StreamPhase = 'active' | 'stale' | 'parked' | 'closing';

export interface StreamLife {
  readonly phase: StreamPhase;
  /** When its last frame came, or when it was registered. */
  readonly heardMs: number;
}

export type StreamInput = 'frame' | 'check' | 'close';

/** What has become of it. `silentMs`: without a frame for so long. */
export interface StreamTurn {
  type: 'stale' | 'parked' | 'reactivated' | 'closing';
  silentMs: number;
}

export const registerStream = (nowMs: number): StreamLife => ({ phase: 'active', heardMs: nowMs });

/** @returns the next state, and the turns it took, in order: a late check may find it stale and parked at once */
export const stepStream = (
  life: StreamLife,
  input: StreamInput,
  nowMs: number,
  rules: StreamRules = streamRules,
): { life: StreamLife; turns: StreamTurn[] } => {
  const { phase, heardMs } = life;
  const silentMs = Math.max(0, nowMs - heardMs);
  if (phase === 'closing') return { life, turns: [] };
  if (input === 'close') return { life: { ...life, phase: 'closing' }, turns: [{ type: 'closing', silentMs }] };
  if (input === 'frame') {
    const turns: StreamTurn[] = phase === 'active' ? [] : [{ type: 'reactivated', silentMs }];
    return { life: { phase: 'active', heardMs: Math.max(heardMs, nowMs) }, turns };
  }
  const turns: StreamTurn[] = [];
  let next: StreamPhase = phase;
  if (next === 'active' && silentMs >= rules.staleMs) {
    next = 'stale';
    turns.push({ type: 'stale', silentMs });
  }
  if (next === 'stale' && silentMs >= rules.parkMs) {
    next = 'parked';
    turns.push({ type: 'parked', silentMs });
  }
  return { life: { ...life, phase: next }, turns };
};
