/** A state that clients mirror: one value with a growing revision, sent to listeners at most ten times a second. */

const pushIntervalMs = 100;

export class StateStore<State> {
  readonly #compute: (revision: number) => State;
  readonly #listeners = new Set<(state: State) => void>();
  #revision = 1;
  #timer: NodeJS.Timeout | null = null;
  #lastPushMs = Number.NEGATIVE_INFINITY;

  /** @param compute makes the state from what the services hold; called only when somebody looks */
  constructor(compute: (revision: number) => State) {
    this.#compute = compute;
  }

  get state(): State {
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

  /** @returns unsubscribe */
  subscribe(listener: (state: State) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sends at once what waits to be sent. */
  flush(): void {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#push();
  }

  /** Whether somebody looks. */
  get isWatched(): boolean {
    return this.#listeners.size > 0;
  }

  #push(): void {
    this.#timer = null;
    if (this.#listeners.size === 0) return;
    this.#lastPushMs = performance.now();
    const { state } = this;
    for (const listener of this.#listeners) listener(state);
  }
}
