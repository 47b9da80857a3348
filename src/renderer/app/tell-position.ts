/**
 * Tells the host where the user is in each clip: at once for what may be clicked next, and when the playhead rests to
 * open there again.
 */
import type { AppStore } from '../state/app-store.ts';
import type { Client } from '../transport/client.ts';

/** A playhead that stays this long is where the clip opens again. */
const restMs = 600;
/** Playing goes on faster than this, a held arrow key too. */
const prefetchMs = 150;

/** Work that waits; the next replaces it. */
class Later {
  readonly #ms: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #work: (() => void) | null = null;

  constructor(ms: number) {
    this.#ms = ms;
  }

  set(work: () => void): void {
    clearTimeout(this.#timer);
    this.#work = work;
    this.#timer = setTimeout(() => this.flush(), this.#ms);
  }

  /** Does at once what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    const work = this.#work;
    this.#work = null;
    work?.();
  }
}

export const tellPosition = (client: Client, store: AppStore): void => {
  const resting = new Later(restMs);
  const prefetching = new Later(prefetchMs);
  store.subscribe((state, previous) => {
    const isOther = state.session?.id !== previous.session?.id;
    if (isOther) resting.flush();
    if (!state.session || (!isOther && state.playhead === previous.playhead)) return;
    const place = { sessionId: state.session.id, frame: state.playhead };
    // Neither is worth a word to the user: the next one says where they are.
    prefetching.set(() => void client.call('session.prefetchFrame', place).catch(() => {}));
    if (!isOther) resting.set(() => void client.call('session.setPosition', place).catch(() => {}));
  });
};
