/**
 * Frames between a source, the worker and the host, for clips and live sources alike: the worker always has its next
 * frame, and results leave in the order of the frames, each as soon as it is there.
 */
export class FramesUnderWay {
  readonly #most: number;
  readonly #atWorker: Promise<unknown>[] = [];
  readonly #leaving: Promise<void>[] = [];
  #last: Promise<void> = Promise.resolve();

  /** @param most frames handed to the worker before the oldest must be answered */
  constructor(most: number) {
    this.#most = most;
  }

  /** The worker has frames that nobody waits for any more. */
  get isAtWorker(): boolean {
    return this.#atWorker.length > 0;
  }

  /**
   * @param answer of the worker; null for a frame that it was not given
   * @param leave hands the result on; called when every frame before has left
   * @returns resolves when there is room for another frame
   * @throws what an earlier frame's answer or `leave` failed with
   */
  async add<T>(answer: Promise<T> | null, leave: (answer: T | null) => Promise<void>): Promise<void> {
    if (answer) this.#atWorker.push(answer);
    this.#last = this.#last.then(async () => {
      // Whoever fills the worker sends it the next frame first.
      const answered = await answer;
      await new Promise(setImmediate);
      await leave(answered);
    });
    // Told by whoever waits for it.
    this.#last.catch(() => {});
    this.#leaving.push(this.#last);
    if (this.#atWorker.length >= this.#most) await this.#atWorker.shift();
    if (this.#leaving.length > this.#most) await this.#leaving.shift();
  }

  /** Every frame has left. @throws what one of them failed with */
  async allLeft(): Promise<void> {
    await this.#last;
  }

  /** The worker is idle and nothing is on its way, whatever failed: only then may anyone end the worker. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#atWorker, this.#last]);
  }
}
