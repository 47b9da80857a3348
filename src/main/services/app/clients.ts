/**
 * The connected clients: each is greeted, mirrors the app and the session it looks at, is answered, and sent its
 * pictures.
 */

import type { AppState } from '../../../shared/contract/state.ts';
import { type HostInfo, type Method, protocolVersion } from '../../../shared/contract.ts';
import { encodeFrameMessage, type FrameMessage } from '../../../shared/wire.ts';
import type { ClientLink, Connection, Handlers } from '../base/handlers.ts';
import type { StateStore } from '../base/state-store.ts';
import { answerRequest } from './answer-request.ts';
import type { Sessions } from './sessions.ts';

export interface ClientsDeps {
  info: Omit<HostInfo, 'protocolVersion'>;
  app: StateStore<AppState>;
  sessions: Sessions;
  /** Which sessions clients look at has changed. */
  onWatched: (sessionIds: readonly string[]) => void;
  onConnected: () => void;
  onGone: (link: ClientLink) => void;
}

const isEdit = (method: Method): boolean => /^(prompt|object|history)\./.test(method) && method !== 'object.lane';

interface Client {
  link: ClientLink;
  /** The session it looks at. */
  watched: string | null;
  unwatch: () => void;
}

export class Clients {
  readonly #deps: ClientsDeps;
  readonly #clients = new Map<ClientLink, Client>();

  constructor(deps: ClientsDeps) {
    this.#deps = deps;
    deps.sessions.onFrame((message) => this.#push(message));
  }

  connect(link: ClientLink, handlers: Handlers<Method>): Connection {
    const { info, app, sessions, onConnected, onGone } = this.#deps;
    const client: Client = { link, watched: null, unwatch: () => {} };
    this.#clients.set(link, client);
    onConnected();
    link.send({ t: 'hello', info: { protocolVersion, ...info } });
    link.send({ t: 'state', state: app.state });
    const flush = (): void => {
      if (client.watched !== null && sessions.find(client.watched)) sessions.store(client.watched).flush();
    };
    const unsubscribe = app.subscribe((state) => {
      // Whoever is told that work has ended has been told what it made.
      flush();
      link.send({ t: 'state', state });
    });
    return {
      // An edit is answered after the state it made, so that one which is undone at once was seen all the same.
      receive: (data) => void answerRequest(handlers, data, link, (method) => isEdit(method) && flush()),
      close: () => {
        unsubscribe();
        client.unwatch();
        if (this.#clients.delete(link)) onGone(link);
      },
    };
  }

  /** The session a client looks at from now on. @throws AppError `session-unknown` */
  watch(link: ClientLink, sessionId: string | null): void {
    const client = this.#clients.get(link);
    if (!client) return;
    const store = sessionId === null ? null : this.#deps.sessions.store(sessionId);
    client.unwatch();
    client.watched = sessionId;
    client.unwatch = store?.subscribe((session) => link.send({ t: 'session', session })) ?? (() => {});
    if (store) link.send({ t: 'session', session: store.state });
    this.#deps.onWatched(this.watched);
  }

  /** Sessions that clients look at. */
  get watched(): string[] {
    return [...new Set([...this.#clients.values()].flatMap(({ watched }) => watched ?? []))];
  }

  #push(message: FrameMessage): void {
    const links = [...this.#clients.values()].filter(({ watched }) => watched === message.sessionId);
    if (links.length === 0) return;
    const data = encodeFrameMessage(message);
    for (const { link } of links) link.sendBinary(data);
  }
}
