/** How many pictures come and are shown a second, and how long one takes, over the last seconds. */

const windowMs = 3_000;
/** Less says nothing of a rate. */
const leastMs = 400;

const perSecond = (times: readonly number[], nowMs: number): number | null => {
  const first = times[0];
  if (first === undefined || nowMs - first < leastMs) return null;
  return ((times.length - 1) * 1000) / (nowMs - first);
};

export class LiveRates {
  readonly #came: number[] = [];
  readonly #shown: number[] = [];
  #latencyMs: number | null = null;

  came(nowMs = performance.now()): void {
    add(this.#came, nowMs);
  }

  /** @param latencyMs from the picture's arrival to its result */
  shown(latencyMs: number, nowMs = performance.now()): void {
    add(this.#shown, nowMs);
    this.#latencyMs = this.#latencyMs === null ? latencyMs : this.#latencyMs * 0.9 + latencyMs * 0.1;
  }

  view(nowMs = performance.now()): { sourceFps: number | null; shownFps: number | null; latencyMs: number | null } {
    for (const times of [this.#came, this.#shown]) trim(times, nowMs);
    return { sourceFps: perSecond(this.#came, nowMs), shownFps: perSecond(this.#shown, nowMs), latencyMs: this.#latencyMs };
  }
}

const trim = (times: number[], nowMs: number): void => {
  while (times.length > 0 && times[0]! < nowMs - windowMs) times.shift();
};

const add = (times: number[], nowMs: number): void => {
  times.push(nowMs);
  trim(times, nowMs);
};
