/**
 * Takes pictures from the queue, numbers them, has objects tracked on them, and goes back for those that were prompted
 * on an earlier moment: they are tracked from there on the pictures in the ring until they have caught up. Only
 * pictures that are taken get a number, so the tracker sees them one after the other, as it sees a clip.
 */
import { AppError } from '../../../shared/errors.ts';
import type { GraphTimings } from '../api/timings.ts';
import { FramesUnderWay } from '../pipeline/frames-under-way.ts';
import type { ObjectFrameResult } from '../tracking/tracker-core.ts';
import type { FrameQueue } from './frame-queue.ts';
import type { FrameRing, LiveFrame } from './frame-ring.ts';

export interface LiveAnswer {
  results: ObjectFrameResult[];
  timings: GraphTimings;
  workerMs: number;
}

export interface FollowerHost<P> {
  queue: FrameQueue<P>;
  ring: FrameRing;
  /** Gives a picture its number and puts it into the ring. */
  take: (picture: P) => LiveFrame;
  /** Moves prompts into memory; tells each object's conditioning frames. */
  startPropagation: () => Promise<{ id: number; conditioning: number[] }[]>;
  track: (frame: LiveFrame, objectIds: number[]) => Promise<LiveAnswer>;
  /**
   * Resolves when it has left.
   * @param picture the one that was taken, null for an earlier frame that was tracked again
   */
  onFrame: (frame: LiveFrame, picture: P | null, answer: LiveAnswer | null) => Promise<void>;
  /** Tracking failed; pictures go on. */
  onFailed: (error: AppError) => void;
  /**
   * Catching up may take so long, ms; what is left then is a gap, so that new pictures are never held back. Default: no
   * limit.
   */
  mostCatchUpMs?: number | undefined;
}

/**
 * While somebody catches up a new picture is taken only so often, and the others are dropped: with a fast model, who is
 * behind by a second is back with the newest picture in little more than that. And never before so many steps, so that
 * with a slow one what is behind gets less by two for each picture that comes to it.
 */
const catchUpPictureMs = 200;
const stepsBehind = 3;
/** Frames at the worker before the oldest is answered: while one is tracked the image of the next is encoded. */
const inFlight = 2;

export class LiveFollower<P> {
  readonly #host: FollowerHost<P>;
  readonly #now: () => number;
  /** By object, the frame it is to be tracked on next. */
  readonly #next = new Map<number, number>();
  #locked: ReadonlySet<number> = new Set();
  #isOn = false;
  /** Prompts changed since the worker was told to begin. */
  #isStale = false;
  #isClosed = false;
  /** Of each so many pictures one is tracked. */
  #stride = 1;
  #newest = -1;
  readonly #underWay = new FramesUnderWay(inFlight);

  constructor(host: FollowerHost<P>, now: () => number = () => performance.now()) {
    this.#host = host;
    this.#now = now;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** @param locked objects that are not followed @param stride of each so many pictures one is tracked */
  set(isOn: boolean, locked: readonly number[], stride = this.#stride): void {
    this.#isOn = isOn;
    this.#stride = stride;
    this.#locked = new Set(locked);
    this.#host.queue.wake();
  }

  /** The tracker knows nothing any more: nobody is followed until prompts come again. */
  reset(): void {
    this.#isOn = false;
    this.#isStale = false;
    this.#next.clear();
  }

  /** The object was prompted on a frame: it is followed from there. */
  prompted(objectId: number, frame: number): void {
    const next = this.#next.get(objectId);
    // What was tracked after the prompt follows from it anew; what lies before it was made without it.
    this.#next.set(objectId, next === undefined ? frame : Math.min(next, frame));
    this.#isStale = true;
    this.#host.queue.wake();
  }

  removed(objectId: number): void {
    this.#next.delete(objectId);
    this.#isStale = true;
  }

  /** Prompts were taken away: an object without any is not followed. */
  changed(): void {
    this.#isStale = true;
  }

  /** Runs until {@link close}; resolves when nothing is under way. */
  async run(): Promise<void> {
    const { queue, mostCatchUpMs } = this.#host;
    let takenMs = Number.NEGATIVE_INFINITY;
    let steps = 0;
    let caughtUpMs = 0;
    while (!this.#isClosed) {
      if (this.#isStale && this.#isOn) await this.#begin();
      const behind = this.#behind();
      if (behind.length === 0) caughtUpMs = 0;
      if (mostCatchUpMs !== undefined && caughtUpMs > mostCatchUpMs) {
        for (const id of behind) this.#next.set(id, this.#newest + 1);
        caughtUpMs = 0;
        continue;
      }
      const isEarly = steps < stepsBehind || this.#now() - takenMs < catchUpPictureMs;
      if (behind.length > 0 && (isEarly || queue.length === 0)) {
        steps++;
        const beganMs = mostCatchUpMs === undefined ? 0 : this.#now();
        await this.#stepBehind(behind);
        if (mostCatchUpMs !== undefined) caughtUpMs += this.#now() - beganMs;
        continue;
      }
      const picture = queue.take();
      if (picture === null) {
        await queue.wait();
        continue;
      }
      steps = 0;
      takenMs = this.#now();
      const frame = this.#host.take(picture);
      this.#newest = frame.frame;
      const ids = this.#followed().filter((id) => this.#next.get(id) === frame.frame);
      const isTracked = frame.frame % this.#stride === 0;
      if (!isTracked) for (const id of ids) this.#next.set(id, frame.frame + 1);
      await this.#submit(frame, picture, isTracked ? ids : []);
    }
    await this.#underWay.settled();
  }

  close(): void {
    this.#isClosed = true;
    this.#host.queue.wake();
  }

  #followed(): number[] {
    return this.#isOn ? [...this.#next.keys()].filter((id) => !this.#locked.has(id)) : [];
  }

  #behind(): number[] {
    return this.#followed().filter((id) => this.#next.get(id)! <= this.#newest);
  }

  async #begin(): Promise<void> {
    this.#isStale = false;
    try {
      const known = new Map((await this.#host.startPropagation()).map(({ id, conditioning }) => [id, conditioning]));
      for (const id of [...this.#next.keys()]) if (!known.get(id)?.length) this.#next.delete(id);
    } catch (error) {
      this.#failed(error);
    }
  }

  async #stepBehind(behind: readonly number[]): Promise<void> {
    const first = Math.min(...behind.map((id) => this.#next.get(id)!));
    const oldest = this.#host.ring.range?.from ?? first;
    // What has left the ring can't be tracked any more: a gap.
    const at = Math.max(first, oldest);
    const ids = behind.filter((id) => this.#next.get(id)! <= at);
    await this.#submit(this.#host.ring.get(at)!, null, ids);
  }

  async #submit(frame: LiveFrame, picture: P | null, ids: number[]): Promise<void> {
    let answer: Promise<LiveAnswer | null> | null = null;
    if (ids.length > 0) {
      for (const id of ids) this.#next.set(id, frame.frame + 1);
      answer = this.#host.track(frame, ids).catch((error: unknown) => {
        this.#failed(error);
        return null;
      });
    }
    await this.#underWay.add(answer, async (answered) => {
      // What can't leave has nobody left to go to; the loop is ended then.
      await this.#host.onFrame(frame, picture, answered).catch(() => {});
    });
  }

  #failed(error: unknown): void {
    if (!this.#isOn || this.#isClosed) return;
    this.#isOn = false;
    this.#host.onFailed(AppError.from(error));
  }
}
