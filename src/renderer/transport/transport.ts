/** How the window reaches a host. Each host has one implementation; everything above it is the same. */

export type Unsubscribe = () => void;
/** refused: a host answers, but not with this window's token; it is asked again all the same. */
export type LinkState = 'connecting' | 'open' | 'closed' | 'refused';

export interface Transport {
  /** Sends a text message; dropped when the link is not open (the client rejects such calls first). */
  send(message: unknown): void;
  /** Text messages, parsed but not validated. */
  onMessage(listener: (message: unknown) => void): Unsubscribe;
  /** Pictures, as wire.ts encodes them. */
  onBinary(listener: (data: ArrayBuffer) => void): Unsubscribe;
  onLinkState(listener: (state: LinkState) => void): Unsubscribe;
  readonly linkState: LinkState;
  close(): void;
}

/** A set of listeners; what every transport is made of. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();

  add(listener: (value: T) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }
}

/** The three event kinds and the link state, shared by the implementations. */
export abstract class TransportBase implements Transport {
  protected readonly messages = new Listeners<unknown>();
  protected readonly binaries = new Listeners<ArrayBuffer>();
  readonly #states = new Listeners<LinkState>();
  #linkState: LinkState = 'connecting';

  get linkState(): LinkState {
    return this.#linkState;
  }

  protected setLinkState(state: LinkState): void {
    if (state === this.#linkState) return;
    this.#linkState = state;
    this.#states.emit(state);
  }

  onMessage(listener: (message: unknown) => void): Unsubscribe {
    return this.messages.add(listener);
  }

  onBinary(listener: (data: ArrayBuffer) => void): Unsubscribe {
    return this.binaries.add(listener);
  }

  onLinkState(listener: (state: LinkState) => void): Unsubscribe {
    return this.#states.add(listener);
  }

  abstract send(message: unknown): void;
  abstract close(): void;
}
