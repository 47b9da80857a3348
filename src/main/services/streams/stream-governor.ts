/** The governor of one stream: gathers what it needs to decide, and tells what it decided. */
import { type Governor, leverValues, startGovernor, stepGovernor, strideLever } from './governor.ts';

export class StreamGovernor {
  #governor: Governor;
  #sample = { came: 0, done: 0, dropped: 0, busyMs: 0 };
  /** Steps so far, by lever and direction. */
  readonly steps = new Map<string, number>();
  #why: string | null = null;

  constructor(nowMs: number) {
    this.#governor = startGovernor([strideLever], nowMs);
  }

  /** Of each so many frames one is tracked. */
  get stride(): number {
    return Number(leverValues(this.#governor).stride ?? 1);
  }

  /** What it does less of, and why; null: nothing. */
  get told(): string | null {
    return this.stride === 1 ? null : `Every other frame is tracked. ${this.#why}`.slice(0, 200);
  }

  onFrame(busyMs: number): void {
    this.#sample.came++;
    this.#sample.done++;
    this.#sample.busyMs += busyMs;
  }

  onDropped(count: number): void {
    this.#sample.came += count;
    this.#sample.dropped += count;
  }

  /** @returns what it decided, as a sentence */
  decide(targetFps: number, nowMs: number): string | null {
    const { governor, step } = stepGovernor(this.#governor, { ...this.#sample, freePercent: null }, targetFps, nowMs);
    this.#governor = governor;
    this.#sample = { came: 0, done: 0, dropped: 0, busyMs: 0 };
    if (!step) return null;
    const key = `${step.lever} ${step.direction}`;
    this.steps.set(key, (this.steps.get(key) ?? 0) + 1);
    this.#why = step.why;
    return `${step.lever} ${step.from} → ${step.to}. ${step.why}`;
  }
}
