/** Long work: progress, speed, time left, cancel. */
import { randomUUID } from 'node:crypto';
import type { Operation } from '../../../shared/contract/state.ts';
import { AppError } from '../../../shared/errors.ts';

/** Frames a second over the last few seconds, so that ETA follows a change of pace. */
export class RateMeter {
  #samples: { timeMs: number; done: number }[] = [];
  readonly #windowMs: number;

  constructor(windowMs = 4000) {
    this.#windowMs = windowMs;
  }

  add(done: number, timeMs: number): void {
    this.#samples.push({ timeMs, done });
    while (this.#samples.length > 2 && this.#samples[0]!.timeMs < timeMs - this.#windowMs) this.#samples.shift();
  }

  /** What is counted is another thing now. */
  restart(): void {
    this.#samples = [];
  }

  /** null until there is something to go by. */
  get perSecond(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.timeMs - first.timeMs < 100) return null;
    return ((last.done - first.done) * 1000) / (last.timeMs - first.timeMs);
  }

  /** null until there is something to go by, and where nobody knows how much there is. */
  msLeft(done: number, total: number): number | null {
    const rate = this.perSecond;
    return rate && total > 0 ? (Math.max(0, total - done) * 1000) / rate : null;
  }
}

export interface RunningOperation {
  readonly id: string;
  readonly title: string;
  progress(done: number, total: number): void;
  addOutput(output: Operation['outputs'][number]): void;
}

const keptFinished = 10;

export class Operations {
  readonly #onChange: () => void;
  readonly #onFailed: (error: AppError) => void;
  readonly #all = new Map<string, { view: Operation; cancel: () => void; ended: Promise<Operation> }>();

  /** @param onFailed told why one failed, which whoever started it may not be there to see */
  constructor(onChange: () => void, onFailed: (error: AppError) => void) {
    this.#onChange = onChange;
    this.#onFailed = onFailed;
  }

  get list(): Operation[] {
    return [...this.#all.values()].map(({ view }) => ({ ...view, outputs: [...view.outputs] }));
  }

  isRunning(kind: Operation['kind']): boolean {
    return this.list.some((operation) => operation.kind === kind && operation.state === 'running');
  }

  /**
   * Starts `work`; it ends "cancelled" when it returns that, "failed" when it throws.
   * @param cancel asks the work to end; it ends by itself soon after
   * @param isAwaited whoever started it is told how it ends, so that nobody else has to be
   */
  start(
    kind: Operation['kind'],
    title: string,
    work: (running: RunningOperation) => Promise<'done' | 'cancelled'>,
    cancel: (id: string) => void,
    isAwaited = false,
  ): string {
    const id = randomUUID();
    const meter = new RateMeter();
    const view: Operation = {
      id,
      kind,
      title,
      state: 'running',
      done: 0,
      total: 0,
      framesPerSecond: null,
      etaMs: null,
      error: null,
      outputs: [],
    };
    const running: RunningOperation = {
      id,
      title,
      progress: (done, total) => {
        if (total !== view.total) meter.restart();
        meter.add(done, performance.now());
        view.done = done;
        view.total = total;
        view.framesPerSecond = meter.perSecond;
        view.etaMs = meter.msLeft(done, total);
        this.#onChange();
      },
      addOutput: (output) => {
        view.outputs.push(output);
        this.#onChange();
      },
    };
    const ended = (async () => {
      try {
        view.state = await work(running);
      } catch (error) {
        const known = AppError.from(error);
        view.state = known.code === 'cancelled' ? 'cancelled' : 'failed';
        view.error = known.code === 'cancelled' ? null : known.serialize();
        if (view.error && !isAwaited) this.#onFailed(known);
      }
      view.etaMs = null;
      if (isAwaited) this.#all.delete(id);
      this.#onChange();
      return view;
    })();
    this.#all.set(id, { view, cancel: () => cancel(id), ended });
    for (const [oldId, { view: old }] of this.#all) {
      if (this.#all.size <= keptFinished) break;
      if (old.state !== 'running') this.#all.delete(oldId);
    }
    this.#onChange();
    return id;
  }

  /**
   * As {@link start}, for work that somebody waits for: when it has ended they know, and it is off the list.
   * @throws AppError why it failed, `cancelled` too
   */
  async run<T>(
    kind: Operation['kind'],
    title: string,
    work: (running: RunningOperation) => Promise<T>,
    cancel: (id: string) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const telling = async (running: RunningOperation): Promise<'done'> => {
        try {
          resolve(await work(running));
          return 'done';
        } catch (error) {
          reject(AppError.from(error));
          throw error;
        }
      };
      this.start(kind, title, telling, cancel, true);
    });
  }

  cancel(id: string): void {
    this.#all.get(id)?.cancel();
  }

  get(id: string): Operation | undefined {
    return this.#all.get(id)?.view;
  }

  /** Resolves when the operation has ended, however. */
  async ended(id: string): Promise<Operation> {
    const found = this.#all.get(id);
    if (!found) throw new AppError('bad-request', 'There is no such operation.');
    return found.ended;
  }

  /** Resolves when they have ended. @param kinds which; by default every one */
  async cancelAll(kinds?: readonly Operation['kind'][]): Promise<void> {
    const concerned = [...this.#all.values()].filter(({ view }) => kinds?.includes(view.kind) ?? true);
    for (const { view, cancel } of concerned) if (view.state === 'running') cancel();
    await Promise.all(concerned.map(({ ended }) => ended));
  }
}
