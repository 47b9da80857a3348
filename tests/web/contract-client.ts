/** What every client of a test does, whatever carries its messages: it sends requests, mirrors the state and waits for what comes. */
import type { AppState } from '../../src/shared/contract/state.ts';
import { type HostMessage, hostMessageSchema } from '../../src/shared/contract.ts';

export abstract class ContractClient {
  state: AppState | null = null;
  readonly #waiting = new Map<number, (message: HostMessage) => void>();
  readonly #watchers = new Set<() => void>();
  #nextId = 1;

  protected abstract send(message: object): void;

  /** @param data a message of the host, not checked yet */
  protected receive(data: unknown): void {
    const message = hostMessageSchema.parse(data);
    if (message.t === 'state') this.state = message.state;
    if (message.t === 'res' || message.t === 'err') this.#waiting.get(message.id)?.(message);
    this.changed();
  }

  /** Looks again at everything that is waited for. */
  protected changed(): void {
    for (const watch of this.#watchers) watch();
  }

  call(m: string, a: object = {}): Promise<HostMessage> {
    const id = this.#nextId++;
    const answer = new Promise<HostMessage>((resolve) => this.#waiting.set(id, resolve));
    this.send({ t: 'req', id, m, a });
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
}
