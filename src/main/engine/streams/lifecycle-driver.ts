/**
 * Gives the lifecycle its clock: steps it with what happens, sets a timer for its next deadline, and does what it says.
 */
import {
  deadlineMs,
  initialLifecycle,
  isOver,
  type Lifecycle,
  type LifecycleEvent,
  type LifecycleRules,
  stepLifecycle,
} from './lifecycle.ts';

export interface LifecycleHost {
  connect(): void;
  disconnect(): void;
  finish(): void;
  changed(): void;
}

export class LifecycleDriver {
  readonly #rules: LifecycleRules;
  readonly #host: LifecycleHost;
  #state: Lifecycle = initialLifecycle;
  #timer: NodeJS.Timeout | null = null;
  /** When it fires. */
  #timerMs = 0;
  #isClosed = false;

  constructor(rules: LifecycleRules, host: LifecycleHost) {
    this.#rules = rules;
    this.#host = host;
  }

  get state(): Lifecycle {
    return this.#state;
  }

  get isOver(): boolean {
    return isOver(this.#state);
  }

  send(event: LifecycleEvent): void {
    if (this.#isClosed) return;
    const former = this.#state.phase;
    const { state, actions } = stepLifecycle(this.#state, event, this.#rules, performance.now(), Math.random());
    this.#state = state;
    this.#wait();
    for (const action of actions) this.#host[action]();
    if (state.phase !== former) this.#host.changed();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #wait(): void {
    const due = deadlineMs(this.#state, this.#rules);
    // With every picture the deadline moves on: a timer that fires early finds nothing to do, and waits again.
    if (due !== null && this.#timer && this.#timerMs <= due) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (due === null) return;
    this.#timerMs = due;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.send({ type: 'tick' });
      },
      Math.max(1, due - performance.now()),
    );
  }
}
