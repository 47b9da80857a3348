/** A connected client, and the shape of the functions that answer the contract's methods. */
import type { HostMessage, Method, MethodInput, MethodOutput } from '../../../shared/contract.ts';

/** One client as the services see it. */
export interface ClientLink {
  send(message: HostMessage): void;
  sendBinary(data: ArrayBuffer): void;
}

export interface Connection {
  /** Anything the client sent, parsed or not. */
  receive(data: unknown): void;
  close(): void;
}

type Handler<M extends Method> = (input: MethodInput<M>, client: ClientLink) => Promise<MethodOutput<M>> | MethodOutput<M>;
/** Handlers of some methods, by name. */
export type Handlers<M extends Method> = { [K in M]: Handler<K> };
/** The names of an area's methods, e.g. `MethodsOf<'prompt'>`. */
export type MethodsOf<Area extends string> = Extract<Method, `${Area}.${string}`>;

const viewers = new WeakMap<ClientLink, number>();
let lastViewer = 0;

/** The number under which the engine knows who looks at pictures; from 1, another for each client. */
export const viewerOf = (link: ClientLink): number => {
  const viewer = viewers.get(link) ?? ++lastViewer;
  viewers.set(link, viewer);
  return viewer;
};
