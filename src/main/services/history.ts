/**
 * Undo and redo. An edit holds what it replaced and what it put there, both immutable, so taking it back needs no computing. What
 * tracking makes is no edit: it is neither undone nor lost by an undo.
 */

/** One step of the user, as the two states around it. */
export interface Edit<Work, Change> {
  /** Shown in the menu after "Undo", e.g. "Add point". */
  label: string;
  before: Work;
  after: Work;
  /** Stored masks that were exchanged; see {@link Exchange}. */
  changes: Change[];
}

/** A stored value that an edit replaced. Undo and redo exchange it with what is there then. */
export interface Exchange<Key, Value> {
  key: Key;
  before: Value | null;
  after: Value | null;
}

export interface HistoryLabels {
  undo: string | null;
  redo: string | null;
}

const mostSteps = 500;

export class History<Work, Change> {
  readonly #done: Edit<Work, Change>[] = [];
  #undone: Edit<Work, Change>[] = [];

  /** A new step; what was undone before it can't be redone any more. */
  push(edit: Edit<Work, Change>): void {
    this.#done.push(edit);
    this.#undone = [];
    if (this.#done.length > mostSteps) this.#done.shift();
  }

  /** The step to take back, or null; it is then the next one to redo. */
  undo(): Edit<Work, Change> | null {
    const edit = this.#done.pop() ?? null;
    if (edit) this.#undone.push(edit);
    return edit;
  }

  redo(): Edit<Work, Change> | null {
    const edit = this.#undone.pop() ?? null;
    if (edit) this.#done.push(edit);
    return edit;
  }

  get labels(): HistoryLabels {
    return { undo: this.#done.at(-1)?.label ?? null, redo: this.#undone.at(-1)?.label ?? null };
  }
}

/** Puts `before` back where the edit put `after`, remembering what was there meanwhile. @param keep says what an undo may not take */
export const exchange = <Key, Value>(
  change: Exchange<Key, Value>,
  direction: 'undo' | 'redo',
  current: Value | null,
  keep: (value: Value) => boolean,
): { value: Value | null } | null => {
  const target = direction === 'undo' ? change.before : change.after;
  // A mask that tracking made since is not taken away for nothing.
  if (target === null && current !== null && keep(current)) return null;
  if (direction === 'undo') change.after = current;
  else change.before = current;
  return { value: target };
};
