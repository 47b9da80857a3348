/**
 * The web host over a WebSocket: text frames are JSON, binary ones pictures. A lost link is taken up again, with
 * growing pauses.
 */
import { TransportBase } from './transport.ts';

const firstPauseMs = 250;
const longestPauseMs = 5000;

export class WebSocketTransport extends TransportBase {
  readonly #url: string;
  readonly #isHostThere: () => Promise<boolean>;
  #socket: WebSocket | null = null;
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isClosed = false;

  /** @param isHostThere whether the host answers a plain request */
  constructor(url: string, isHostThere: () => Promise<boolean>) {
    super();
    this.#url = url;
    this.#isHostThere = isHostThere;
    this.#connect();
  }

  send(message: unknown): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#socket?.close();
    this.setLinkState('closed');
  }

  #connect(): void {
    const socket = new WebSocket(this.#url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    if (this.linkState !== 'refused') this.setLinkState('connecting');
    socket.addEventListener('open', () => {
      this.#attempts = 0;
      this.setLinkState('open');
    });
    socket.addEventListener('message', (event: MessageEvent<unknown>) => this.#receive(event.data));
    socket.addEventListener('close', () => {
      if (this.#socket !== socket || this.#isClosed) return;
      if (this.linkState !== 'refused') this.setLinkState('closed');
      void this.#lookForHost();
      const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#attempts++);
      this.#timer = setTimeout(() => this.#connect(), pause);
    });
  }

  /**
   * The browser does not tell why a socket was refused. A host that serves its page is there, and has another token.
   */
  async #lookForHost(): Promise<void> {
    const isThere = await this.#isHostThere();
    if (this.linkState !== 'open' && !this.#isClosed) this.setLinkState(isThere ? 'refused' : 'closed');
  }

  #receive(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      this.binaries.emit(data);
      return;
    }
    if (typeof data !== 'string') return;
    let message: unknown;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    this.messages.emit(message);
  }
}

const tokenKey = 'sam2-video-token';

/**
 * The token of this page: from its address (then taken out of it, so that it is not shared by copying), or kept from
 * before.
 */
export const takeToken = (location: Location, history: History, storage: Storage): string => {
  const url = new URL(location.href);
  const given = url.searchParams.get('token');
  if (given !== null) {
    storage.setItem(tokenKey, given);
    url.searchParams.delete('token');
    history.replaceState(null, '', url);
  }
  return storage.getItem(tokenKey) ?? '';
};

/** Asks for the page again, which needs no token. */
export const isPageServed = async (location: Pick<Location, 'origin'>): Promise<boolean> => {
  try {
    return (await fetch(location.origin, { method: 'HEAD', cache: 'no-store' })).ok;
  } catch {
    return false;
  }
};

export const socketUrl = (location: Pick<Location, 'protocol' | 'host'>, token: string): string =>
  `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws?token=${encodeURIComponent(token)}`;
