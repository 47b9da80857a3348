/**
 * The contract between a client (the window, a browser tab) and the host's services: every method, event and state a
 * client can see, by area in contract/. Both transports (MessagePort, WebSocket) and both ends validate with these
 * schemas; types are derived from them. Pictures travel beside it as binary messages (wire.ts).
 */
import { z } from 'zod';
import { appMethods } from './contract/app.ts';
import { fileMethods } from './contract/files.ts';
import { findingMethods } from './contract/finding.ts';
import { modelMethods } from './contract/models.ts';
import { projectMethods } from './contract/projects.ts';
import { sessionMethods } from './contract/session.ts';
import { sourceMethods } from './contract/sources.ts';
import { appStateSchema, sessionSchema } from './contract/state.ts';
import { streamMethods } from './contract/streams.ts';
import { trackingMethods } from './contract/tracking.ts';
import { serializedErrorSchema } from './serialized-error.ts';

export const protocolVersion = 2;

export const contract = {
  ...appMethods,
  ...sessionMethods,
  ...trackingMethods,
  ...findingMethods,
  ...sourceMethods,
  ...streamMethods,
  ...fileMethods,
  ...projectMethods,
  ...modelMethods,
};

type Contract = typeof contract;
export type Method = keyof Contract;
export type MethodInput<M extends Method> = z.infer<Contract[M]['input']>;
export type MethodOutput<M extends Method> = z.infer<Contract[M]['output']>;

export const isMethod = (name: string): name is Method => Object.hasOwn(contract, name);

/** What a host offers beyond the contract; a client hides what is absent. */
const hostInfoSchema = z.object({
  protocolVersion: z.literal(protocolVersion),
  host: z.enum(['electron', 'web']),
  appVersion: z.string(),
});
export type HostInfo = z.infer<typeof hostInfoSchema>;

/** Text messages, client to host. */
export const requestMessageSchema = z.object({ t: z.literal('req'), id: z.number().int().positive(), m: z.string(), a: z.unknown() });

/** Text messages, host to client. */
export const hostMessageSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('hello'), info: hostInfoSchema }),
  z.object({ t: z.literal('res'), id: z.number().int(), ok: z.literal(true), r: z.unknown() }),
  z.object({ t: z.literal('err'), id: z.number().int(), e: serializedErrorSchema }),
  z.object({ t: z.literal('state'), state: appStateSchema }),
  /** Of the session this client watches. */
  z.object({ t: z.literal('session'), session: sessionSchema }),
]);
export type HostMessage = z.infer<typeof hostMessageSchema>;
