/** Time as the downloads use it, so that tests need not wait. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Timer {
  /** Starts the full time again. */
  restart(): void;
  stop(): void;
}

export interface Clock {
  /** Milliseconds from any fixed point; never goes back. */
  now(): number;
  /** @throws the signal's AbortError when it is aborted meanwhile */
  delay(ms: number, signal?: AbortSignal): Promise<void>;
  timer(ms: number, onFire: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  delay: (ms, signal) => sleep(ms, undefined, signal && { signal }),
  timer: (ms, onFire) => {
    const timeout = setTimeout(onFire, ms);
    return { restart: () => void timeout.refresh(), stop: () => clearTimeout(timeout) };
  },
};
