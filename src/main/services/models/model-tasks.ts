/** Downloads, imports and checks of models that run, and how the last one of each model ended. */
import { AppError } from '../../../shared/errors.ts';
import type { ModelTask } from '../../../shared/models.ts';
import { RateMeter } from '../base/rate-meter.ts';
import type { InstallRun } from './install-run.ts';
import type { ModelDeps } from './model-deps.ts';

interface RunningTask {
  view: ModelTask;
  controller: AbortController;
  ended: Promise<void>;
}

export class ModelTasks {
  readonly #deps: Pick<ModelDeps, 'notify' | 'onChange'>;
  readonly #onEnded: () => Promise<void>;
  readonly #tasks = new Map<string, RunningTask>();

  /** @param onEnded something on the disk may be another now */
  constructor(deps: Pick<ModelDeps, 'notify' | 'onChange'>, onEnded: () => Promise<void>) {
    this.#deps = deps;
    this.#onEnded = onEnded;
  }

  viewOf(id: string): ModelTask | null {
    const view = this.#tasks.get(id)?.view;
    return view ? { ...view } : null;
  }

  /** Parts of a download are kept. */
  cancel(id: string): void {
    this.#tasks.get(id)?.controller.abort();
  }

  /** How the last one of a model ended is of no more interest. */
  forget(id: string): void {
    this.#tasks.delete(id);
  }

  /** Ends all; resolves when they have ended. */
  async close(): Promise<void> {
    for (const { controller } of this.#tasks.values()) controller.abort();
    await Promise.all([...this.#tasks.values()].map(({ ended }) => ended));
  }

  /** @throws AppError `busy` */
  refuseRunning(id: string): void {
    if (this.#tasks.get(id)?.view.state === 'running')
      throw new AppError('busy', 'This model is being downloaded, imported or verified. Wait until that is done, or cancel it.');
  }

  /** @param describe what the user is told of its result @throws AppError `busy` when one of the same model runs */
  start<T>(id: string, kind: ModelTask['kind'], work: (run: InstallRun) => Promise<T>, describe: (result: T) => string): void {
    this.refuseRunning(id);
    const controller = new AbortController();
    const view: ModelTask = {
      kind,
      state: 'running',
      phase: kind === 'download' ? 'connecting' : 'checking',
      done: 0,
      total: 0,
      bytesPerSecond: null,
      etaMs: null,
      message: null,
      error: null,
    };
    let meter = new RateMeter();
    const onProgress: InstallRun['onProgress'] = ({ phase, done, total }) => {
      if (phase !== view.phase) meter = new RateMeter();
      meter.add(done, performance.now());
      Object.assign(view, { phase, done, total, bytesPerSecond: phase === 'waiting' ? null : meter.perSecond });
      view.etaMs = phase === 'waiting' ? null : meter.msLeft(done, total);
      this.#deps.onChange();
    };
    const ended = (async () => {
      try {
        const result = await work({ signal: controller.signal, onProgress });
        Object.assign(view, { state: 'done', message: describe(result) });
        // The dialog may have been closed meanwhile.
        if (kind !== 'verify') this.#deps.notify('info', view.message!);
      } catch (error) {
        const known = AppError.from(error);
        const isCancelled = known.code === 'cancelled' || controller.signal.aborted;
        if (known.code === 'internal') console.error(known.cause ?? known);
        Object.assign(view, { state: isCancelled ? 'cancelled' : 'failed', error: isCancelled ? null : known.serialize() });
        if (!isCancelled) this.#deps.notify('warning', known.message);
      }
      Object.assign(view, { bytesPerSecond: null, etaMs: null });
      await this.#onEnded().catch(() => {});
    })();
    this.#tasks.set(id, { view, controller, ended });
    this.#deps.onChange();
  }
}
