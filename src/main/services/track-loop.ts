/**
 * A track run that can be paused: an edit ends it at a frame border, is applied, and the run goes on behind the last frame with
 * what is known then.
 */
import { AppError } from '../../shared/errors.ts';
import type { TrackOutcome } from '../engine/engine.ts';
import type { RunningOperation } from './operations.ts';
import type { SessionService, TrackRequest } from './session-service.ts';

export class TrackLoop {
  readonly #session: SessionService;
  readonly #request: TrackRequest;
  readonly #cancelRun: (runId: string) => void;
  readonly #waiting: (() => Promise<void>)[] = [];
  #runId = '';
  #isCancelled = false;
  #isEnded = false;

  /** @param cancelRun asks the engine to end the run; it ends soon after */
  constructor(session: SessionService, request: TrackRequest, cancelRun: (runId: string) => void) {
    this.#session = session;
    this.#request = request;
    this.#cancelRun = cancelRun;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#cancelRun(this.#runId);
  }

  /** @throws AppError `busy` for a run in both directions, which has no one place to go on from */
  pauseFor<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isEnded) return work();
    if (this.#request.direction === 'both')
      throw new AppError('busy', 'Prompts can be changed when tracking both ways has ended. Cancel it first (Esc); what is done is kept.');
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => work().then(resolve, reject));
      this.#cancelRun(this.#runId);
    });
  }

  async start(running: RunningOperation): Promise<TrackOutcome> {
    const { edits, media } = this.#session;
    const { direction, to } = this.#request;
    const followed = edits.trackable(this.#request.objectIds);
    const step = direction === 'backward' ? -1 : 1;
    const end = direction === 'backward' ? (to ?? 0) : (to ?? media.frameCount - 1);
    let { from } = this.#request;
    let before = 0;
    this.#runId = running.id;
    try {
      for (;;) {
        let last: number | null = null;
        let done = 0;
        const outcome = await this.#session.track(running.id, { ...this.#request, from, settles: false }, (event) => {
          last = event.frame;
          done = event.done;
          running.progress(before + event.done, before + event.total);
          // A pause that was asked for before the engine knew of the run.
          if (this.#waiting.length > 0) this.#cancelRun(running.id);
        });
        const wasPaused = outcome.state === 'cancelled' && !this.#isCancelled;
        await this.#applyWaiting();
        before += done;
        if (last !== null) from = last + step;
        const isBehind = from !== undefined && (step > 0 ? from > end : from < end);
        if (wasPaused && !this.#isCancelled && !isBehind) continue;
        const state = wasPaused && isBehind ? 'done' : outcome.state;
        if (state === 'done') edits.settle(followed.filter(({ id }) => edits.has(id)));
        return { ...outcome, state };
      }
    } finally {
      this.#isEnded = true;
      await this.#applyWaiting();
    }
  }

  async #applyWaiting(): Promise<void> {
    for (let work = this.#waiting.shift(); work; work = this.#waiting.shift()) await work();
  }
}
