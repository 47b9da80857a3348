/** The state every client mirrors: one value with a growing revision, pushed at most ten times a second. */
import type { AppState } from '../../../shared/contract/state.ts';

const pushIntervalMs = 100;

export class StateHub {
  readonly #compute: (revision: number) => AppState;
  readonly #listeners = new Set<(state: AppState) => void>();
  #revision = 1;
  #timer: NodeJS.Timeout | null = null;
  #lastPushMs = Number.NEGATIVE_INFINITY;

  /** @param compute makes the state from what the services hold; called only when somebody looks */
  constructor(compute: (revision: number) => AppState) {
    this.#compute = compute;
  }

  get state(): AppState {
    return this.#compute(this.#revision);
  }

  /** Something a client can see has changed. */
  touch(): void {
    this.#revision++;
    if (this.#timer || this.#listeners.size === 0) return;
    const waitMs = Math.max(0, this.#lastPushMs + pushIntervalMs - performance.now());
    this.#timer = setTimeout(() => this.#push(), waitMs);
    this.#timer.unref();
  }

  subscribe(listener: (state: AppState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #push(): void {
    this.#timer = null;
    this.#lastPushMs = performance.now();
    const { state } = this;
    for (const listener of this.#listeners) listener(state);
  }
}
