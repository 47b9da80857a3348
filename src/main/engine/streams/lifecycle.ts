/**
 * What a live source goes through, as a pure machine: what happened and the time go in, the next state and what is to
 * be done come out. Breaks are answered by new connections with growing pauses; a source that says nothing is connected
 * anew.
 */

import type { SerializedError } from '../../../shared/errors.ts';
import type { LivePhase } from '../../../shared/live.ts';

export interface LifecycleRules {
  /** Without a picture for so long it is stalled, ms. */
  stallMs: number;
  /** Without a picture for so long its connection is ended and made anew, ms; null: it is waited for. */
  restartMs: number | null;
  /** A connection that gave no picture for so long has failed, ms; null: it is waited for. */
  connectMs: number | null;
  /** The first pause before a new try, ms; each is twice the one before, up to the longest. */
  firstPauseMs: number;
  longestPauseMs: number;
  /** New tries after a break before it is given up; 0: none. */
  tries: number;
}

export const networkRules = (tries: number): LifecycleRules => ({
  stallMs: 3_000,
  restartMs: 10_000,
  connectMs: 20_000,
  firstPauseMs: 1_000,
  longestPauseMs: 30_000,
  tries,
});

export interface Lifecycle {
  readonly phase: LivePhase;
  /** Tries since it last stood. */
  readonly attempt: number;
  /** When the next try is due; null while none is waited for. */
  readonly retryAtMs: number | null;
  /** The connection that is made or stands began, or gave its last picture, at this time; null without one. */
  readonly heardMs: number | null;
  readonly problem: SerializedError | null;
}

export type LifecycleEvent =
  | { type: 'start' }
  | { type: 'picture' }
  /** The connection ended. `isFinal`: another try would not help. */
  | { type: 'broken'; problem: SerializedError; isFinal: boolean }
  /** The source came to its own end. */
  | { type: 'ended' }
  | { type: 'stop' }
  /** A deadline may have passed. */
  | { type: 'tick' };

/** connect: make a connection. disconnect: end the one there is. finish: no connection comes any more. */
export type LifecycleAction = 'connect' | 'disconnect' | 'finish';

export const initialLifecycle: Lifecycle = { phase: 'connecting', attempt: 0, retryAtMs: null, heardMs: null, problem: null };

export const isOver = ({ phase }: Lifecycle): boolean => phase === 'ending' || phase === 'failed';

/** @param random 0..1: pauses are cut by up to a quarter, so that many clients do not come back at one moment */
export const pauseMs = (attempt: number, rules: LifecycleRules, random: number): number =>
  Math.min(rules.longestPauseMs, rules.firstPauseMs * 2 ** Math.min(attempt, 30)) * (1 - random / 4);

/** When a tick is due; null: nothing is waited for. */
export const deadlineMs = (state: Lifecycle, rules: LifecycleRules): number | null => {
  const { phase, heardMs, retryAtMs } = state;
  const after = (ms: number | null): number | null => (ms === null || heardMs === null ? null : heardMs + ms);
  if (isOver(state)) return null;
  if (retryAtMs !== null) return retryAtMs;
  if (phase === 'live') return after(rules.stallMs);
  return after(phase === 'stalled' ? rules.restartMs : rules.connectMs);
};

const silent = (seconds: number): SerializedError => ({
  code: 'address-timeout',
  message: `No video received for ${Math.round(seconds)} seconds. Check the source and the network. Reconnecting.`,
});

const broken = (
  state: Lifecycle,
  problem: SerializedError,
  isFinal: boolean,
  rules: LifecycleRules,
  nowMs: number,
  random: number,
): Lifecycle => {
  const isGivenUp = isFinal || state.attempt >= rules.tries;
  if (isGivenUp) return { ...state, phase: 'failed', retryAtMs: null, heardMs: null, problem };
  const retryAtMs = nowMs + pauseMs(state.attempt, rules, random);
  return { phase: 'reconnecting', attempt: state.attempt + 1, retryAtMs, heardMs: null, problem };
};

export const stepLifecycle = (
  state: Lifecycle,
  event: LifecycleEvent,
  rules: LifecycleRules,
  nowMs: number,
  random: number,
): { state: Lifecycle; actions: LifecycleAction[] } => {
  if (isOver(state)) return { state, actions: [] };
  const isConnected = state.heardMs !== null;
  const over = (next: Lifecycle): { state: Lifecycle; actions: LifecycleAction[] } => ({
    state: next,
    actions: isConnected ? ['disconnect', 'finish'] : ['finish'],
  });
  switch (event.type) {
    case 'start':
      return isConnected || state.retryAtMs !== null
        ? { state, actions: [] }
        : { state: { ...state, heardMs: nowMs }, actions: ['connect'] };
    case 'picture':
      // One that was under way when its connection ended says nothing of the next.
      if (!isConnected) return { state, actions: [] };
      return { state: { phase: 'live', attempt: 0, retryAtMs: null, heardMs: nowMs, problem: null }, actions: [] };
    case 'broken': {
      if (!isConnected) return { state, actions: [] };
      const next = broken(state, event.problem, event.isFinal, rules, nowMs, random);
      return { state: next, actions: isOver(next) ? ['disconnect', 'finish'] : ['disconnect'] };
    }
    case 'ended':
    case 'stop':
      return over({ ...state, phase: 'ending', retryAtMs: null, heardMs: null });
    case 'tick': {
      const due = deadlineMs(state, rules);
      if (due === null || nowMs < due) return { state, actions: [] };
      if (state.retryAtMs !== null) return { state: { ...state, retryAtMs: null, heardMs: nowMs }, actions: ['connect'] };
      if (state.phase === 'live') return { state: { ...state, phase: 'stalled' }, actions: [] };
      const next = broken(state, silent((nowMs - state.heardMs!) / 1000), false, rules, nowMs, random);
      return { state: next, actions: isOver(next) ? ['disconnect', 'finish'] : ['disconnect'] };
    }
  }
};
