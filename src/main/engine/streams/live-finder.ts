/**
 * Finds objects on a live source, behind the answers of its frames: the newest picture is looked at, one at a time, and
 * the others are passed over. How many prompts a picture costs follows from the time that is left at the target rate.
 */
import { mostPrompts, promptBudget } from '../prompting/prompt-budget.ts';

/** A new picture of the source. */
export interface LiveView {
  frame: number;
  timeMs: number;
  /** The model's own, RGB [S, S, 3]; it stays the source's. */
  image: Uint8Array;
  /** Masks of the user's objects on the logit grid, 0 or 1: they count as covered. */
  others: Uint8Array[];
  /** Pictures a second that come; null while that is not known. */
  sourceFps: number | null;
}

export interface LiveLook {
  /** Counts the pictures that were looked at, from 0: to the tracker they are one clip. */
  step: number;
  budget: number;
  /** A detector may run. */
  detects: boolean;
}

/** What an answer took, ms. */
export interface LookTimes {
  trackMs: number;
  lookMs: number;
  prompts: number;
}

export interface LiveFinderDeps<Answer extends LookTimes> {
  /** Pictures a second that are wanted. A slower source is taken as it is. */
  targetFps: number;
  look: (view: LiveView, look: LiveLook) => Promise<Answer>;
  onAnswer: (frame: number, answer: Answer) => Promise<void>;
  /** Called once; nothing is looked at any more. */
  onFailed: (error: unknown) => void;
  /** ms, monotonic */
  now?: () => number;
}

/** A detector costs as much as many prompts, and things seldom come more often than this. */
const detectEveryMs = 1000;
/** How fast the mean costs follow. */
const followsBy = 0.2;

const follow = (mean: number, value: number): number => (mean === 0 ? value : mean + followsBy * (value - mean));

export class LiveFinder<Answer extends LookTimes> {
  readonly #deps: LiveFinderDeps<Answer>;
  readonly #now: () => number;
  #newest: LiveView | null = null;
  #working: Promise<void> | null = null;
  #isClosed = false;
  #step = 0;
  #frameMs = 0;
  #promptMs = 0;
  #promptedMs = Number.NEGATIVE_INFINITY;
  #detectedMs = Number.NEGATIVE_INFINITY;

  constructor(deps: LiveFinderDeps<Answer>) {
    this.#deps = deps;
    this.#now = deps.now ?? (() => performance.now());
  }

  /** A picture came. Returns at once. */
  see(view: LiveView): void {
    if (this.#isClosed) return;
    this.#newest = view;
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
    });
  }

  /** Resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#newest = null;
    await this.#working;
  }

  async #work(): Promise<void> {
    try {
      for (let view = this.#take(); view; view = this.#take()) {
        const answer = await this.#deps.look(view, this.#plan(view));
        this.#learn(answer);
        await this.#deps.onAnswer(view.frame, answer);
      }
    } catch (error) {
      if (this.#isClosed) return;
      this.#isClosed = true;
      this.#deps.onFailed(error);
    }
  }

  #take(): LiveView | null {
    const view = this.#newest;
    this.#newest = null;
    return view;
  }

  #plan({ sourceFps }: LiveView): LiveLook {
    const now = this.#now();
    const detects = now - this.#detectedMs >= detectEveryMs;
    const idleMs = now - this.#promptedMs;
    const targetFps = Math.min(this.#deps.targetFps, sourceFps ?? this.#deps.targetFps);
    const affordable = promptBudget({ targetFps, frameMs: this.#frameMs, promptMs: this.#promptMs, idleMs });
    // What a detector has found is tried at once, or it would have run in vain.
    const budget = detects ? mostPrompts : affordable;
    if (budget > 0) this.#promptedMs = now;
    if (detects) this.#detectedMs = now;
    return { step: this.#step++, budget, detects };
  }

  #learn({ trackMs, lookMs, prompts }: LookTimes): void {
    this.#frameMs = follow(this.#frameMs, trackMs);
    if (prompts > 0) this.#promptMs = follow(this.#promptMs, lookMs / prompts);
  }
}
