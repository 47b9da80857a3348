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

  constructor(log: AppLog, onChange: () => void) {
    this.#log = log;
    this.#onChange = onChange;
  }

  /** Oldest first. */
  get list(): Notice[] {
    return this.#list;
  }

  add(level: Notice['level'], text: string): void {
    this.#log.add(level, text);
    this.#list = [...this.#list.slice(1 - mostNotices), { id: this.#nextId++, level, text }];
    this.#onChange();
  }

  dismiss(id: number): void {
    this.#list = this.#list.filter((notice) => notice.id !== id);
    this.#onChange();
  }
}
