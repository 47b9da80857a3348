/**
 * Undo and redo. An edit holds what it replaced and what it put there, both immutable, so taking it back needs no
 * computing. What tracking makes is no edit: it is neither undone nor lost by an undo.
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

/** Older steps are forgotten. */
export const mostSteps = 500;

export class History<Work, Change> {
  readonly #done: Edit<Work, Change>[] = [];
  /** The last one is the next to redo. */
  #undone: Edit<Work, Change>[] = [];

  /** What can be undone, and what redone, the newest step of each first. */
  get steps(): { done: readonly Edit<Work, Change>[]; undone: readonly Edit<Work, Change>[] } {
    return { done: this.#done.toReversed(), undone: [...this.#undone] };
  }

  /**
   * Forgets all but the newest steps: so many to undo, and so many to redo (a step can be redone only after those
   * before it).
   */
  keep(done: number, undone: number): void {
    this.#done.splice(0, Math.max(0, this.#done.length - done));
    this.#undone.splice(0, Math.max(0, this.#undone.length - undone));
  }

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

/**
 * Puts `before` back where the edit put `after`, remembering what was there meanwhile.
 * @param keep says what an undo may not take
 */
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
