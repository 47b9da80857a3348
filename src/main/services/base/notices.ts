/** Messages for the user until they are dismissed; each is in the log too. */
import type { AppState } from '../../../shared/contract.ts';
import type { AppLog } from './app-log.ts';

type Notice = AppState['notices'][number];

const mostNotices = 20;

export class Notices {
  readonly #log: AppLog;
  readonly #onChange: () => void;
  #list: Notice[] = [];
  #nextId = 1;
  /** Those that tell of the open clip. */
  readonly #ofClip = new Set<number>();

  constructor(log: AppLog, onChange: () => void) {
    this.#log = log;
    this.#onChange = onChange;
  }

  /** Oldest first. */
  get list(): Notice[] {
    return this.#list;
  }

  add(level: Notice['level'], text: string, ofClip = false): void {
    this.#log.add(level, text);
    const id = this.#nextId++;
    if (ofClip) this.#ofClip.add(id);
    this.#list = [...this.#list.slice(1 - mostNotices), { id, level, text }];
    this.#onChange();
  }

  /** The clip is closed: what was said of it goes with it. */
  clipClosed(): void {
    this.#list = this.#list.filter(({ id }) => !this.#ofClip.has(id));
    this.#ofClip.clear();
    this.#onChange();
  }

  dismiss(id: number): void {
    this.#list = this.#list.filter((notice) => notice.id !== id);
    this.#onChange();
  }
}
