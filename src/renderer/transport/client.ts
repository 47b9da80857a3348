/**
 * The contract as typed calls over a transport. Everything that comes in is validated here; a call never hangs: it ends
 * with its answer, an AppError, or the loss of the link.
 */
import type { AppState, Session } from '../../shared/contract/state.ts';
import { contract, type HostInfo, hostMessageSchema, type Method, type MethodInput, type MethodOutput } from '../../shared/contract.ts';
import { AppError } from '../../shared/errors.ts';
import { decodeFrameMessage, type FrameMessage } from '../../shared/wire.ts';
import { type LinkState, Listeners, type Transport, type Unsubscribe } from './transport.ts';

interface Waiting {
  method: Method;
  resolve(value: unknown): void;
  reject(error: AppError): void;
}

export interface Client {
  call<M extends Method>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>>;
  onState(listener: (state: AppState) => void): Unsubscribe;
  /** The state of the session this client watches. */
  onSession(listener: (session: Session) => void): Unsubscribe;
  onFrame(listener: (message: FrameMessage) => void): Unsubscribe;
  onHello(listener: (info: HostInfo) => void): Unsubscribe;
  onLinkState(listener: (state: LinkState) => void): Unsubscribe;
  /** A message that could not be read. */
  onProtocolError(listener: (error: AppError) => void): Unsubscribe;
  readonly linkState: LinkState;
  close(): void;
}

const linkLost = (): AppError => new AppError('engine-lost', 'Connection lost. Reconnecting… Your work is saved.');

export const createClient = (transport: Transport): Client => {
  const waiting = new Map<number, Waiting>();
  const states = new Listeners<AppState>();
  const sessions = new Listeners<Session>();
  const frames = new Listeners<FrameMessage>();
  const hellos = new Listeners<HostInfo>();
  const protocolErrors = new Listeners<AppError>();
  let nextId = 1;

  const settle = (id: number): Waiting | undefined => {
    const call = waiting.get(id);
    waiting.delete(id);
    return call;
  };

  transport.onMessage((data) => {
    const parsed = hostMessageSchema.safeParse(data);
    if (!parsed.success) {
      protocolErrors.emit(new AppError('bad-request', 'The app sent a message this window does not understand. Reload the window.'));
      return;
    }
    const message = parsed.data;
    if (message.t === 'state') states.emit(message.state);
    else if (message.t === 'session') sessions.emit(message.session);
    else if (message.t === 'hello') hellos.emit(message.info);
    else if (message.t === 'err') {
      const { details, ...error } = message.e;
      settle(message.id)?.reject(AppError.deserialize(details === undefined ? error : { ...error, details }));
    } else {
      const call = settle(message.id);
      if (!call) return;
      const output = contract[call.method].output.safeParse(message.r);
      if (output.success) call.resolve(output.data);
      else call.reject(new AppError('bad-request', `The answer to "${call.method}" could not be read. Reload the window.`));
    }
  });

  transport.onBinary((data) => {
    try {
      frames.emit(decodeFrameMessage(data));
    } catch (error) {
      protocolErrors.emit(AppError.from(error));
    }
  });

  transport.onLinkState((state) => {
    if (state !== 'closed') return;
    const lost = [...waiting.values()];
    waiting.clear();
    for (const call of lost) call.reject(linkLost());
  });

  return {
    call: <M extends Method>(method: M, input: MethodInput<M>) =>
      new Promise<MethodOutput<M>>((resolve, reject) => {
        if (transport.linkState !== 'open') {
          reject(linkLost());
          return;
        }
        const id = nextId++;
        waiting.set(id, { method, resolve: resolve as (value: unknown) => void, reject });
        transport.send({ t: 'req', id, m: method, a: input });
      }),
    onState: (listener) => states.add(listener),
    onSession: (listener) => sessions.add(listener),
    onFrame: (listener) => frames.add(listener),
    onHello: (listener) => hellos.add(listener),
    onLinkState: (listener) => transport.onLinkState(listener),
    onProtocolError: (listener) => protocolErrors.add(listener),
    get linkState() {
      return transport.linkState;
    },
    close: () => transport.close(),
  };
};
