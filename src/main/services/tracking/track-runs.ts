/** Track runs as operations of the app: one a session at a time, paused for what the user edits meanwhile. */
import { AppError } from '../../../shared/errors.ts';
import type { Notices } from '../base/notices.ts';
import type { Operations } from '../base/operations.ts';
import type { ModelService } from '../models/model-service.ts';
import type { SessionService } from '../session/session-service.ts';
import type { TrackRequest } from '../session/session-tracking.ts';
import { TrackLoop } from './track-loop.ts';

export interface TrackRunsDeps {
  operations: Operations;
  models: ModelService;
  notices: Notices;
  /** Size of the pictures that are shown while tracking. */
  display: () => { width: number; height: number };
  cancelRun: (id: string) => void;
}

export class TrackRuns {
  readonly #deps: TrackRunsDeps;

  constructor(deps: TrackRunsDeps) {
    this.#deps = deps;
  }

  /**
   * @param display size of the pictures that are shown meanwhile; null for none
   * @returns the operation's id
   * @throws AppError `busy` while another run of this session, or a change of the model, is under way, and while it is
   *   live
   */
  start(
    session: SessionService,
    request: Omit<TrackRequest, 'display' | 'memory'>,
    display: TrackRequest['display'] = this.#deps.display(),
  ): string {
    const { operations, models, notices, cancelRun } = this.#deps;
    session.requireClip('You can track the whole clip');
    models.requireIdle();
    if (operations.isRunning('track', session.id))
      throw new AppError('busy', 'Tracking is already running. Cancel it first, or wait until it is done.');
    const { memory } = session;
    const run = new TrackLoop(session, { ...request, display, memory }, cancelRun);
    const ended = session.beginRun(run);
    return operations.start(
      'track',
      `Track ${request.direction}`,
      async (running) => {
        try {
          const outcome = await run.start(running);
          if (outcome.warning) notices.add('warning', outcome.warning);
          const { done, framesPerSecond = null } = operations.get(running.id) ?? { done: 0 };
          if (memory.mode === 'single') void models.onTracked(done, run.objects, framesPerSecond);
          return outcome.state;
        } finally {
          ended();
        }
      },
      () => run.cancel(),
      { sessionId: session.id },
    );
  }
}
