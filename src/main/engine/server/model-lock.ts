/** Many prompts use the model at once; a change of the model waits for them, and they for it. */
export class ModelLock {
  readonly #users = new Set<Promise<unknown>>();
  #change: Promise<unknown> = Promise.resolve();

  /** Something that begins and ends with the same model. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    await this.#noChange();
    const user = work();
    this.#users.add(user);
    try {
      return await user;
    } finally {
      this.#users.delete(user);
    }
  }

  /** Something during which there is no model to use. */
  change<T>(work: () => Promise<T>): Promise<T> {
    const changed = this.#change.then(async () => {
      await Promise.allSettled(this.#users);
      return work();
    });
    this.#change = changed.catch(() => {});
    return changed;
  }

  /** Waits until the change that was waited for is also the last one: another may have been asked for meanwhile. */
  async #noChange(): Promise<void> {
    let waitedFor: unknown;
    do {
      waitedFor = this.#change;
      await waitedFor;
    } while (waitedFor !== this.#change);
  }
}
