/**
 * Carries events to the sinks that the user turned on. Each sink has a queue of its own with an end: one that is slow
 * loses its oldest events, which are counted, and holds nobody up.
 */
import type { AppEvent } from './app-event.ts';

export interface EventSink {
  name: string;
  /** Gets events in their order; the next ones follow when it is done. What it throws is counted as dropped. */
  write(events: readonly AppEvent[]): void | Promise<void>;
}

interface Attached {
  sink: EventSink;
  queue: AppEvent[];
  work: Promise<void> | null;
  dropped: number;
}

export class EventBus {
  readonly #attached: Attached[] = [];
  readonly #most: number;

  /** @param most events that wait for one sink */
  constructor(most = 2000) {
    this.#most = most;
  }

  add(sink: EventSink): void {
    this.#attached.push({ sink, queue: [], work: null, dropped: 0 });
  }

  /** Nobody listens: events need not be made. */
  get isIdle(): boolean {
    return this.#attached.length === 0;
  }

  /** Events that each sink has lost. */
  get dropped(): Record<string, number> {
    return Object.fromEntries(this.#attached.map(({ sink, dropped }) => [sink.name, dropped]));
  }

  /** Returns at once; the sinks work later. */
  publish(event: AppEvent): void {
    for (const one of this.#attached) {
      one.queue.push(event);
      if (one.queue.length > this.#most) {
        one.queue.shift();
        one.dropped++;
      }
      one.work ??= this.#drain(one);
    }
  }

  /** Resolves when every sink has what was published. */
  async settled(): Promise<void> {
    await Promise.all(this.#attached.map(({ work }) => work));
  }

  async #drain(one: Attached): Promise<void> {
    await Promise.resolve();
    while (one.queue.length > 0) {
      const batch = one.queue.splice(0);
      try {
        await one.sink.write(batch);
      } catch {
        one.dropped += batch.length;
      }
    }
    one.work = null;
  }
}
