/**
 * What every client of a test does, whatever carries its messages: it sends requests, mirrors the app and the session
 * that was opened last, and waits for what comes.
 */
import type { AppState, Session } from '../../src/shared/contract/state.ts';
import { contract, type HostMessage, hostMessageSchema, isMethod } from '../../src/shared/contract.ts';

const noSession = '00000000-0000-4000-8000-000000000000';

/** A request's input with the session it is for, where the method needs one and the test does not say which. */
export const withSession = (m: string, a: object, sessionId: string | null): object =>
  isMethod(m) && 'sessionId' in contract[m].input.shape && !('sessionId' in a) ? { sessionId: sessionId ?? noSession, ...a } : a;

/** The app's state and that of the session the client looks at. */
export type MirroredState = AppState & { session: Session | null };

export abstract class ContractClient {
  #app: AppState | null = null;
  #session: Session | null = null;
  /** The session that requests are for which name none. */
  sessionId: string | null = null;
  readonly #waiting = new Map<number, (message: HostMessage) => void>();
  readonly #watchers = new Set<() => void>();
  #nextId = 1;

  protected abstract send(message: object): void;

  get state(): MirroredState | null {
    return this.#app && { ...this.#app, session: this.#session };
  }

  /** @param data a message of the host, not checked yet */
  protected receive(data: unknown): void {
    const message = hostMessageSchema.parse(data);
    if (message.t === 'state') {
      const known = new Set(this.#app?.sessions.map(({ id }) => id));
      this.#app = message.state;
      // A session that somebody has just opened; the newest of all at the beginning, and when its own is closed.
      const { sessions } = message.state;
      const opened = sessions.findLast(({ id }) => !known.has(id));
      const isClosed = !sessions.some(({ id }) => id === this.sessionId);
      if (opened || isClosed) this.#follow((opened ?? sessions.at(-1))?.id ?? null);
    }
    if (message.t === 'session' && message.session.id === this.sessionId) this.#session = message.session;
    if (message.t === 'res' || message.t === 'err') this.#waiting.get(message.id)?.(message);
    this.changed();
  }

  /** Looks again at everything that is waited for. */
  protected changed(): void {
    for (const watch of this.#watchers) watch();
  }

  async call(m: string, a: object = {}): Promise<HostMessage> {
    const answer = await this.#ask(m, withSession(m, a, this.sessionId));
    const { sessionId } = (answer.t === 'res' ? answer.r : {}) as { sessionId?: string };
    if (sessionId && sessionId !== this.sessionId) this.#follow(sessionId);
    return answer;
  }

  /** Resolves as soon as `check` holds, looked at with every message. */
  until(check: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const watch = (): void => {
        if (!check()) return;
        this.#watchers.delete(watch);
        resolve();
      };
      this.#watchers.add(watch);
      watch();
    });
  }

  #ask(m: string, a: object): Promise<HostMessage> {
    const id = this.#nextId++;
    const answer = new Promise<HostMessage>((resolve) => this.#waiting.set(id, resolve));
    this.send({ t: 'req', id, m, a });
    return answer;
  }

  #follow(sessionId: string | null): void {
    if (sessionId === this.sessionId) return;
    this.sessionId = sessionId;
    this.#session = null;
    if (sessionId !== null) void this.#ask('session.watch', { sessionId });
  }
}
