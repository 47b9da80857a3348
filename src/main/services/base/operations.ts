/** Long work: progress, speed, time left, cancel. */
import { randomUUID } from 'node:crypto';
import type { Operation } from '../../../shared/contract/state.ts';
import { AppError } from '../../../shared/errors.ts';
import { RateMeter } from './rate-meter.ts';

/** Work done and left, in any unit that costs about the same each. */
export interface Pace {
  done: number;
  left: number;
}

export interface RunningOperation {
  readonly id: string;
  readonly title: string;
  /** @param pace what the time left is reckoned by, where its parts cost differently than what is shown */
  progress(done: number, total: number, pace?: Pace): void;
  addOutput(output: Operation['outputs'][number]): void;
  /** It has opened this session. */
  opened(sessionId: string): void;
}

export interface OperationOptions {
  /** The session it works on. */
  sessionId?: string | undefined;
  /** Whoever started it waits for its end, so that nobody else has to be told of it. */
  isAwaited?: boolean | undefined;
}

const keptFinished = 10;

export class Operations {
  readonly #onChange: () => void;
  readonly #onFailed: (error: AppError) => void;
  readonly #onEnded: (operation: Operation) => void;
  readonly #all = new Map<string, { view: Operation; cancel: () => void; ended: Promise<Operation> }>();

  /**
   * @param onFailed told why one failed, which whoever started it may not be there to see
   * @param onEnded told of each that has ended, however
   */
  constructor(onChange: () => void, onFailed: (error: AppError) => void, onEnded: (operation: Operation) => void = () => {}) {
    this.#onChange = onChange;
    this.#onFailed = onFailed;
    this.#onEnded = onEnded;
  }

  get list(): Operation[] {
    return [...this.#all.values()].map(({ view }) => ({ ...view, outputs: [...view.outputs] }));
  }

  /** @param sessionId only of that session; by default of any */
  isRunning(kind: Operation['kind'], sessionId?: string): boolean {
    const isMeant = ({ view }: { view: Operation }): boolean =>
      view.kind === kind && view.state === 'running' && (sessionId === undefined || view.sessionId === sessionId);
    return [...this.#all.values()].some(isMeant);
  }

  /** What runs on a session. */
  of(sessionId: string): Operation[] {
    return this.list.filter((operation) => operation.sessionId === sessionId && operation.state === 'running');
  }

  /**
   * Starts `work`; it ends "cancelled" when it returns that, "failed" when it throws.
   * @param cancel asks the work to end; it ends by itself soon after
   */
  start(
    kind: Operation['kind'],
    title: string,
    work: (running: RunningOperation) => Promise<'done' | 'cancelled'>,
    cancel: (id: string) => void,
    { sessionId, isAwaited = false }: OperationOptions = {},
  ): string {
    const id = randomUUID();
    const meter = new RateMeter();
    const view: Operation = {
      id,
      kind,
      sessionId: sessionId ?? null,
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
      progress: (done, total, pace) => {
        if (!pace && total !== view.total) meter.restart();
        meter.add(pace?.done ?? done, performance.now());
        view.done = done;
        view.total = total;
        view.framesPerSecond = meter.perSecond;
        view.etaMs = pace ? meter.msLeft(pace.done, pace.done + pace.left) : meter.msLeft(done, total);
        this.#onChange();
      },
      addOutput: (output) => {
        view.outputs.push(output);
        this.#onChange();
      },
      opened: (opened) => {
        view.sessionId = opened;
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
      this.#onEnded(view);
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
      this.start(kind, title, telling, cancel, { isAwaited: true });
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

  /** Resolves when they have ended. @param kinds which; by default every one @param sessionId only that session's */
  async cancelAll(kinds?: readonly Operation['kind'][], sessionId?: string): Promise<void> {
    const concerned = [...this.#all.values()].filter(
      ({ view }) => (kinds?.includes(view.kind) ?? true) && (sessionId === undefined || view.sessionId === sessionId),
    );
    for (const { view, cancel } of concerned) if (view.state === 'running') cancel();
    await Promise.all(concerned.map(({ ended }) => ended));
  }
}
