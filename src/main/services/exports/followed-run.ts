/** A track run whose frames are exported while it is under way: which of them will not change any more. */

export interface RunEnd {
  /** The last frame to export; -1 for none. */
  last: number;
  /** The run did not come to the end of the clip. */
  partial: boolean;
}

export class FollowedRun {
  readonly #lag: number;
  readonly #waiting: { frame: number; resolve: () => void }[] = [];
  readonly #ended = Promise.withResolvers<RunEnd>();
  /** Frames up to this one are final. */
  #final = -1;
  #end: RunEnd | null = null;

  /** @param lag frames before the newest one that the run may still amend */
  constructor(lag: number) {
    this.#lag = lag;
  }

  /** A frame was tracked, going forward. */
  passed(frame: number): void {
    this.#advance(frame - this.#lag);
  }

  /** Nothing more comes. The first end counts. */
  end(end: RunEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.#ended.resolve(end);
    this.#advance(Number.POSITIVE_INFINITY);
  }

  /** Resolves when the frame and all before it are final, or the run has ended. */
  until(frame: number): Promise<void> {
    if (frame <= this.#final) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ frame, resolve }));
  }

  ended(): Promise<RunEnd> {
    return this.#ended.promise;
  }

  #advance(final: number): void {
    this.#final = Math.max(this.#final, final);
    const ready = this.#waiting.filter(({ frame }) => frame <= this.#final);
    if (ready.length === 0) return;
    this.#waiting.splice(0, this.#waiting.length, ...this.#waiting.filter(({ frame }) => frame > this.#final));
    for (const { resolve } of ready) resolve();
  }
}
