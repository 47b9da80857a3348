/**
 * A track run that can be paused: an edit ends it at a frame border, is applied, and the run goes on with what is known
 * then. A correction takes its object back to the corrected frame.
 */
import type { TrackOutcome } from '../../engine/api/media.ts';
import type { RunningOperation } from '../base/operations.ts';
import type { RunUnderWay } from '../session/session-deps.ts';
import type { SessionService } from '../session/session-service.ts';
import type { TrackRequest } from '../session/session-tracking.ts';
import { RunProgress } from './run-progress.ts';

export class TrackLoop implements RunUnderWay {
  readonly #session: Pick<SessionService, 'edits' | 'track' | 'ready'>;
  readonly #request: TrackRequest;
  readonly #cancelRun: (runId: string) => void;
  readonly #waiting: (() => Promise<void>)[] = [];
  #runId = '';
  #isCancelled = false;
  #isEnded = false;
  /** Edits that were asked for and are not done. */
  #pending = 0;

  /** @param cancelRun asks the engine to end the run; it ends soon after */
  constructor(session: Pick<SessionService, 'edits' | 'track' | 'ready'>, request: TrackRequest, cancelRun: (runId: string) => void) {
    this.#session = session;
    this.#request = request;
    this.#cancelRun = cancelRun;
  }

  /** How many objects are followed. */
  get objects(): number {
    const { objectIds } = this.#request;
    // Some may have been deleted or protected meanwhile.
    return this.#session.edits.list.filter(
      ({ id, locked, prompts }) => !locked && prompts.length > 0 && (objectIds === undefined || objectIds.includes(id)),
    ).length;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#cancelRun(this.#runId);
  }

  pauseFor<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isEnded) return work();
    this.#cancelRun(this.#runId);
    return this.#wait(work);
  }

  /** Does what needs no pause, behind the edits that wait for one: what the user did first is first in the history. */
  afterEdits<T>(work: () => Promise<T>): Promise<T> {
    return this.#isEnded || this.#pending === 0 ? work() : this.#wait(work);
  }

  #wait<T>(work: () => Promise<T>): Promise<T> {
    this.#pending++;
    const done = new Promise<T>((resolve, reject) => {
      this.#waiting.push(() => work().then(resolve, reject));
    });
    const settled = (): void => {
      this.#pending--;
    };
    done.then(settled, settled);
    return done;
  }

  async start(running: RunningOperation): Promise<TrackOutcome> {
    const { edits } = this.#session;
    const { direction, objectIds } = this.#request;
    const progress = new RunProgress(direction, edits.trackable(objectIds));
    const begun = edits.list;
    let request: TrackRequest = { ...this.#request, settles: false };
    /** Frames of the run, and frames computed so far. */
    let whole = 0;
    let visits = 0;
    this.#runId = running.id;
    try {
      await this.#session.ready();
      await this.#applyWaiting();
      if (this.#isCancelled) return { state: 'cancelled', warning: null };
      for (;;) {
        const outcome = await this.#session.track(running.id, request, (event) => {
          visits++;
          progress.visited(event);
          this.#request.onFrame?.(event.frame);
          // After a pause, what a correction sent back is to be done again: the frames of the run stay the same.
          const left = event.total - event.done;
          whole = Math.max(whole, left, visits === 1 ? event.total : 0);
          running.progress(whole - left, whole, { done: visits, left: event.visitsLeft });
          // A pause that was asked for before the engine knew of the run.
          if (this.#waiting.length > 0) this.#cancelRun(running.id);
        });
        const known = edits.list;
        await this.#applyWaiting();
        const wasPaused = outcome.state === 'cancelled' && !this.#isCancelled;
        const followed = objectIds?.filter((id) => edits.has(id));
        // Where nothing is left to be followed, the run is over.
        if (wasPaused && !this.#isCancelled && this.objects > 0) {
          const resume = progress.resume(known, edits.list);
          request = { ...request, objectIds: followed, resume: resume && { reverse: resume.reverse, at: [...resume.at] } };
          continue;
        }
        const state = wasPaused ? 'done' : outcome.state;
        if (state === 'done') {
          const tracked = edits.list.filter(({ id, locked }) => !locked && (objectIds === undefined || objectIds.includes(id)));
          // Corrected where the run did not come again: its masks are those of the prompts the run began with.
          edits.settle(
            tracked.flatMap((object) => (progress.passed.has(object.id) ? begun.filter(({ id }) => id === object.id) : [object])),
          );
        }
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
