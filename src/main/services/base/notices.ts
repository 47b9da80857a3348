/** Messages for the user until they are dismissed; each is in the log too. */
import type { AppState } from '../../../shared/contract/state.ts';
import type { AppLog } from './app-log.ts';

type Notice = AppState['notices'][number];

const mostNotices = 20;

export class Notices {
  readonly #log: AppLog;
  readonly #onChange: () => void;
  #list: Notice[] = [];
  #nextId = 1;
  /** The session that a notice is about. */
  readonly #about = new Map<number, string>();

  constructor(log: AppLog, onChange: () => void) {
    this.#log = log;
    this.#onChange = onChange;
  }

  /** Oldest first. */
  get list(): Notice[] {
    return this.#list;
  }

  /** @param about the session it is about; the notice goes when that is closed */
  add(level: Notice['level'], text: string, about?: string): void {
    this.#log.add(level, text);
    const id = this.#nextId++;
    if (about !== undefined) this.#about.set(id, about);
    this.#list = [...this.#list.slice(1 - mostNotices), { id, level, text }];
    this.#onChange();
  }

  /** Takes back what was said about a session that is closed. */
  sessionClosed(sessionId: string): void {
    this.#list = this.#list.filter(({ id }) => this.#about.get(id) !== sessionId);
    for (const [id, about] of this.#about) if (about === sessionId) this.#about.delete(id);
    this.#onChange();
  }

  dismiss(id: number): void {
    this.#list = this.#list.filter((notice) => notice.id !== id);
    this.#onChange();
  }
}
