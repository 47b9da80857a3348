/**
 * Calls between the host, the engine process and its inference worker: one request-reply-event peer over any message
 * port. Buffers named in `transfer` are moved where the port can (worker), copied where it can't (process). Errors
 * cross as AppError.
 */
import { AppError, type SerializedError } from '../../shared/errors.ts';

/** What a peer needs of a port; `post` resolves when the message has left, which gives senders back-pressure. */
export interface MessageLink {
  post(message: unknown, transfer?: ArrayBuffer[]): void | Promise<void>;
  onMessage(listener: (message: unknown) => void): void;
}

type Envelope =
  | { t: 'req'; id: number; m: string; a: unknown }
  /**
   * The caller no longer wants the answer to request `id`; the answer still comes, and says what the method made of it.
   */
  | { t: 'cancel'; id: number }
  | { t: 'res'; id: number; r: unknown }
  | { t: 'err'; id: number; e: SerializedError }
  | { t: 'ev'; n: string; d: unknown };

/** A value whose buffers move with it. */
export class Transferred<T> {
  readonly value: T;
  readonly buffers: ArrayBuffer[];

  constructor(value: T, buffers: ArrayBuffer[]) {
    this.value = value;
    this.buffers = buffers;
  }
}

/**
 * `never` lets a map hold functions of any one input without giving up their types. The signal fires when the caller
 * cancels.
 */
export type MethodMap = Record<string, (input: never, signal: AbortSignal) => unknown>;
export type InputOf<M extends MethodMap, K extends keyof M> = Parameters<M[K]>[0];
type Unwrapped<T> = T extends Transferred<infer V> ? V : T;
export type OutputOf<M extends MethodMap, K extends keyof M> = Unwrapped<Awaited<ReturnType<M[K]>>>;

/** What serves these methods: any answer may come with the buffers that move with it. */
export type Serving<M extends MethodMap> = {
  [K in keyof M]: (input: InputOf<M, K>, signal: AbortSignal) => Promise<OutputOf<M, K> | Transferred<OutputOf<M, K>>>;
};

export interface CallOptions {
  /** Buffers of the input that move with it. */
  transfer?: ArrayBuffer[];
  /**
   * Asks the other side to end the work. The call settles when the method does, which may ignore the wish or be done
   * already.
   */
  signal?: AbortSignal | undefined;
}

/**
 * @typeParam Remote methods the other side serves
 * @typeParam Events events the other side sends
 */
export class RpcPeer<Remote extends MethodMap, Events extends Record<string, unknown> = Record<string, never>> {
  readonly #link: MessageLink;
  readonly #handlers: MethodMap;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: AppError) => void }>();
  /** Requests of the other side that are under way here. */
  readonly #serving = new Map<number, AbortController>();
  readonly #listeners = new Map<string, Set<(data: unknown) => void>>();
  #nextId = 1;
  #closed: AppError | null = null;

  constructor(link: MessageLink, handlers: MethodMap = {}) {
    this.#link = link;
    this.#handlers = handlers;
    link.onMessage((message) => this.#receive(message as Envelope));
  }

  /**
   * @throws AppError `cancelled` when the signal has fired before the call; what the method throws; the reason of
   *   {@link close}
   */
  async call<K extends keyof Remote & string>(
    method: K,
    input: InputOf<Remote, K>,
    { transfer = [], signal }: CallOptions = {},
  ): Promise<OutputOf<Remote, K>> {
    if (this.#closed) throw this.#closed;
    if (signal?.aborted) throw new AppError('cancelled', 'The work was cancelled.');
    const id = this.#nextId++;
    const cancel = (): void => this.#send({ t: 'cancel', id }, []);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
        this.#send({ t: 'req', id, m: method, a: input }, transfer);
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Calls that were not answered yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Sends an event; resolves when it has left. */
  async emit(name: string, data: unknown, transfer: ArrayBuffer[] = []): Promise<void> {
    await this.#link.post({ t: 'ev', n: name, d: data } satisfies Envelope, transfer);
  }

  /** Adds a listener to those of the event. @returns takes it away */
  on<K extends keyof Events & string>(name: K, listener: (data: Events[K]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    // Of its own, so that a function that is added twice is called twice and taken away one by one.
    const own = (data: unknown): void => listener(data as Events[K]);
    listeners.add(own);
    return () => void listeners.delete(own);
  }

  /** Rejects everything under way and everything later with `reason`. */
  close(reason: AppError): void {
    this.#closed = reason;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
    for (const controller of this.#serving.values()) controller.abort();
  }

  #send(message: Envelope, transfer: ArrayBuffer[]): void {
    Promise.resolve(this.#link.post(message, transfer)).catch(() => {
      // The other side is gone; its exit closes this peer with the reason.
    });
  }

  #receive(message: Envelope): void {
    switch (message.t) {
      case 'req':
        void this.#serve(message.id, message.m, message.a);
        return;
      case 'cancel':
        this.#serving.get(message.id)?.abort();
        return;
      case 'res':
        this.#settle(message.id)?.resolve(message.r);
        return;
      case 'err':
        this.#settle(message.id)?.reject(AppError.deserialize(message.e));
        return;
      case 'ev':
        this.#tell(message.n, message.d);
    }
  }

  /** A listener that throws keeps nothing from the others; its error ends the process as it would without them. */
  #tell(name: string, data: unknown): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        listener(data);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  #settle(id: number): { resolve: (value: unknown) => void; reject: (error: AppError) => void } | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  async #serve(id: number, method: string, input: unknown): Promise<void> {
    const controller = new AbortController();
    this.#serving.set(id, controller);
    try {
      const handler = this.#handlers[method];
      if (!handler) throw new AppError('bad-request', `There is no method "${method}".`);
      const result = await handler(input as never, controller.signal);
      if (result instanceof Transferred) this.#send({ t: 'res', id, r: result.value }, result.buffers);
      else this.#send({ t: 'res', id, r: result }, []);
    } catch (error) {
      this.#send({ t: 'err', id, e: AppError.from(error).serialize() }, []);
    } finally {
      this.#serving.delete(id);
    }
  }
}
