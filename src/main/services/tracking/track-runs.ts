/** Track runs as operations of the app: one at a time, paused for what the user edits meanwhile. */

import type { AppState } from '../../../shared/contract.ts';
import { AppError } from '../../../shared/errors.ts';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import type { Operations } from '../base/operations.ts';
import type { ModelService } from '../models/model-service.ts';
import type { SessionService } from '../session/session-service.ts';
import type { TrackRequest } from '../session/session-tracking.ts';
import { TrackLoop } from './track-loop.ts';

export interface TrackRunsHost {
  operations: Operations;
  models: () => ModelService;
  session: () => SessionService;
  /** How objects are remembered in the next run. */
  memory: () => MemorySettings;
  cancelRun: (id: string) => void;
  notify: (level: AppState['notices'][number]['level'], text: string) => void;
}

export class TrackRuns {
  readonly #host: TrackRunsHost;
  #run: TrackLoop | null = null;

  constructor(host: TrackRunsHost) {
    this.#host = host;
  }

  /**
   * @returns the operation's id
   * @throws AppError `busy` while another run or a change of the model is under way
   */
  start(request: Omit<TrackRequest, 'memory'>): string {
    const { operations, cancelRun, notify } = this.#host;
    const session = this.#host.session();
    const memory = this.#host.memory();
    const models = this.#host.models();
    models.requireIdle();
    if (operations.isRunning('track'))
      throw new AppError('busy', 'Tracking is already running. Cancel it first, or wait until it is done.');
    const run = new TrackLoop(session, { ...request, memory }, cancelRun);
    this.#run = run;
    return operations.start(
      'track',
      `Track ${request.direction}`,
      async (running) => {
        try {
          const outcome = await run.start(running);
          if (outcome.warning) notify('warning', outcome.warning);
          const { done, framesPerSecond = null } = operations.get(running.id) ?? { done: 0 };
          if (memory.mode === 'single') void models.onTracked(done, run.objects, framesPerSecond);
          return outcome.state;
        } finally {
          if (this.#run === run) this.#run = null;
        }
      },
      () => run.cancel(),
    );
  }

  /**
   * Does something to objects or prompts. A run that is under way is paused at the next frame for it, and goes on after it.
   * @throws AppError `busy` while a model is loaded
   */
  async edit<T>(work: () => Promise<T>): Promise<T> {
    this.#host.models().requireLoaded();
    return this.#run ? this.#run.pauseFor(work) : work();
  }

  /** Changes the list of objects behind the edits that are under way. */
  inOrder<T>(work: () => T): Promise<T> {
    const change = (): Promise<T> => this.#host.session().edits.afterOthers(work);
    return this.#run ? this.#run.afterEdits(change) : change();
  }
}
