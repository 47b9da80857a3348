/** Calls on one session, so that whoever makes several names it once. */
import type { Method, MethodInput, MethodOutput } from '../../shared/contract.ts';
import type { Client } from './client.ts';

/** The methods that work on a session. */
export type SessionMethod = { [M in Method]: MethodInput<M> extends { sessionId: string } ? M : never }[Method];
export type SessionInput<M extends SessionMethod> = Omit<MethodInput<M>, 'sessionId'>;

export interface SessionClient {
  readonly id: string;
  call<M extends SessionMethod>(method: M, input: SessionInput<M>): Promise<MethodOutput<M>>;
}

export const sessionClient = (client: Pick<Client, 'call'>, id: string): SessionClient => ({
  id,
  call: <M extends SessionMethod>(method: M, input: SessionInput<M>) =>
    client.call(method, { ...input, sessionId: id } as unknown as MethodInput<M>),
});
