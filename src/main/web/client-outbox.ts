/**
 * What leaves for one client. A client that reads slowly costs the host a bounded amount of memory: pushed pictures are
 * dropped but the newest, states are replaced by the newest, and nothing more is read from a client that does not read
 * its answers.
 */
import type { HostMessage } from '../../shared/contract.ts';

/** What is needed of a WebSocket. */
export interface OutSocket {
  /** Bytes that were sent and have not left. */
  readonly bufferedAmount: number;
  /** @param onLeft called when the data has left, or can't any more */
  send(data: string | ArrayBuffer, onLeft: () => void): void;
  /** Stops reading, so that the client's requests wait with the client. */
  pause(): void;
  resume(): void;
}

/** With this much waiting a client is slow. */
export const mostWaitingBytes = 8 * 2 ** 20;

/** Pictures that a client asked for carry its request's number; pushed ones carry 0 (shared/wire.ts). */
const wasAskedFor = (data: ArrayBuffer): boolean => new DataView(data).getUint32(8, true) !== 0;

export class ClientOutbox {
  readonly #socket: OutSocket;
  /** The newest state of the app, and of the session the client watches, that wait. */
  readonly #states = new Map<HostMessage['t'], HostMessage>();
  #picture: ArrayBuffer | null = null;
  #isPaused = false;

  constructor(socket: OutSocket) {
    this.#socket = socket;
  }

  send(message: HostMessage): void {
    // A state says everything there is, so only the newest counts. What was sent after it must not overtake it.
    const isState = message.t === 'state' || message.t === 'session';
    if (isState && this.#isSlow) this.#states.set(message.t, message);
    else this.#send(JSON.stringify(message));
  }

  sendBinary(data: ArrayBuffer): void {
    if (this.#isSlow && !wasAskedFor(data)) this.#picture = data;
    else this.#send(data);
  }

  get #isSlow(): boolean {
    return this.#isPaused || this.#socket.bufferedAmount >= mostWaitingBytes;
  }

  #send(data: string | ArrayBuffer): void {
    this.#socket.send(data, () => this.#onLeft());
    if (this.#isPaused || this.#socket.bufferedAmount < mostWaitingBytes) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  #onLeft(): void {
    if (!this.#isPaused || this.#socket.bufferedAmount >= mostWaitingBytes / 2) return;
    this.#isPaused = false;
    const [states, picture] = [[...this.#states.values()], this.#picture];
    this.#states.clear();
    this.#picture = null;
    for (const state of states) this.#send(JSON.stringify(state));
    if (picture) this.#send(picture);
    if (!this.#isPaused) this.#socket.resume();
  }
}
