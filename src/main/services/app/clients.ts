/** The windows that are connected: each is greeted, told every state, answered, and sent the pictures that are pushed. */
import type { AppState } from '../../../shared/contract/state.ts';
import { type HostInfo, protocolVersion } from '../../../shared/contract.ts';
import { encodeFrameMessage, type FrameMessage } from '../../../shared/wire.ts';
import type { StateHub } from '../base/state-hub.ts';
import { answerRequest, type ClientLink, type Connection } from './client-link.ts';

export interface ClientsDeps {
  info: Omit<HostInfo, 'protocolVersion'>;
  hub: StateHub;
  handlers: () => Parameters<typeof answerRequest>[0];
  state: () => AppState;
  onConnected: () => void;
  onGone: (link: ClientLink) => void;
}

export class Clients {
  readonly #deps: ClientsDeps;
  readonly #links = new Set<ClientLink>();

  constructor(deps: ClientsDeps) {
    this.#deps = deps;
  }

  connect(link: ClientLink): Connection {
    const { info, hub, state, onConnected, onGone } = this.#deps;
    this.#links.add(link);
    onConnected();
    link.send({ t: 'hello', info: { protocolVersion, ...info } });
    link.send({ t: 'state', state: state() });
    const unsubscribe = hub.subscribe((next) => link.send({ t: 'state', state: next }));
    const handlers = this.#deps.handlers();
    return {
      receive: (data) => void answerRequest(handlers, data, link),
      close: () => {
        unsubscribe();
        if (this.#links.delete(link)) onGone(link);
      },
    };
  }

  broadcast(message: FrameMessage): void {
    if (this.#links.size === 0) return;
    const data = encodeFrameMessage(message);
    for (const link of this.#links) link.sendBinary(data);
  }
}
