/** A connected client, and how its requests are checked and answered. */
import { contract, type HostMessage, isMethod, type Method, type MethodInput, type MethodOutput, requestMessageSchema } from '../../../shared/contract.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ModelMethod } from '../models/model-service.ts';

/** One client as the services see it. */
export interface ClientLink {
  send(message: HostMessage): void;
  sendBinary(data: ArrayBuffer): void;
}

const viewers = new WeakMap<ClientLink, number>();
let lastViewer = 0;

/** The number under which the engine knows who looks at pictures; from 1, another for each client. */
export const viewerOf = (link: ClientLink): number => {
  const viewer = viewers.get(link) ?? ++lastViewer;
  viewers.set(link, viewer);
  return viewer;
};

export interface Connection {
  /** Anything the client sent, parsed or not. */
  receive(data: unknown): void;
  close(): void;
}

type Handler<M extends Method> = (input: MethodInput<M>, client: ClientLink) => Promise<MethodOutput<M>> | MethodOutput<M>;
/** The methods that are not the models' own. */
export type Handlers = { [M in Exclude<Method, ModelMethod>]: Handler<M> };
type AllHandlers = { [M in Method]: Handler<M> };

/** Answers one request; what is no request is passed over. */
export const answerRequest = async (handlers: AllHandlers, data: unknown, link: ClientLink): Promise<void> => {
  const message = requestMessageSchema.safeParse(data);
  if (!message.success) return;
  const { id, m, a } = message.data;
  try {
    if (!isMethod(m)) throw new AppError('bad-request', `There is no method "${m}".`);
    const input = contract[m].input.safeParse(a);
    if (!input.success) {
      const issue = input.error.issues[0];
      throw new AppError('bad-request', `"${m}" was called with a wrong ${issue?.path.join('.') || 'input'}: ${issue?.message}.`);
    }
    const handler = handlers[m] as (input: unknown, client: ClientLink) => unknown;
    link.send({ t: 'res', id, ok: true, r: await handler(input.data, link) });
  } catch (error) {
    const known = AppError.from(error);
    if (known.code === 'internal') console.error(known.cause ?? known);
    link.send({ t: 'err', id, e: known.serialize() });
  }
};
