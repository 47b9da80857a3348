/**
 * SAMURAI's motion-aware memory (arXiv 2411.11922, section 4): a Kalman filter predicts the box; once tracking has been
 * stable, candidates are rated by the overlap with it beside their predicted IoU; only frames good in mask, presence
 * and motion become memories. Constants are the published ones (rule G1).
 */
import { boxIou, edgesOf } from '../../../../common/box-iou.ts';
import type { AttentionRequest } from '../../attention-batch.ts';
import type { TrackerConstants } from '../../constants.ts';
import type { Candidate, RememberedFrame } from '../candidate.ts';
import { maskShape } from '../mask-shape.ts';
import { KalmanBox } from './kalman-box.ts';
import { type AttendContext, bankOf, type MemoryPolicy, memoryReach, pointerReach, pushBounded } from './memory-policy.ts';

const motionWeight = 0.15;
const stableFrames = 15;
const stableIou = 0.3;
const memoryIou = 0.5;

interface Motion {
  filter: KalmanBox | null;
  /** Good frames in a row. */
  stable: number;
}

export class SamuraiPolicy implements MemoryPolicy {
  readonly readsMasks = true;
  readonly #constants: TrackerConstants;
  readonly #motion: Motion;
  /** All recent frames, for the pointers, which are SAM 2's. */
  readonly #recent: readonly RememberedFrame[];
  /** Frames that passed, oldest first. */
  readonly #kept: readonly RememberedFrame[];

  constructor(
    constants: TrackerConstants,
    motion: Motion = { filter: null, stable: 0 },
    recent: readonly RememberedFrame[] = [],
    kept: readonly RememberedFrame[] = [],
  ) {
    this.#constants = constants;
    this.#motion = motion;
    this.#recent = recent;
    this.#kept = kept;
  }

  /** 0.15 motion + 0.85 predicted IoU after 15 stable frames, the predicted IoU before. */
  rate(candidates: readonly Candidate[]): number[] {
    if (!this.#isMotionTrusted) return candidates.map(({ predictedIou }) => predictedIou);
    return candidates.map((candidate) => motionWeight * this.#motionScore(candidate) + (1 - motionWeight) * candidate.predictedIou);
  }

  after(entry: RememberedFrame, chosen: number, candidates: readonly Candidate[]): MemoryPolicy {
    const candidate = candidates[chosen]!;
    const passes = entry.predictedIou > memoryIou && entry.objectLogit > 0 && (!this.#isMotionTrusted || this.#motionScore(candidate) > 0);
    return new SamuraiPolicy(
      this.#constants,
      this.#moved(candidate),
      pushBounded(this.#recent, entry, pointerReach(this.#constants), 1),
      passes ? pushBounded(this.#kept, entry, pointerReach(this.#constants), memoryReach(this.#constants)) : this.#kept,
    );
  }

  attend({ frame, reverse, conditioning, frameCount }: AttendContext): AttentionRequest {
    const last = this.#recent.at(-1);
    const ranked = last === undefined || this.#kept.at(-1)?.frame === last.frame ? this.#kept : [...this.#kept, last];
    const recent = ranked.slice(-memoryReach(this.#constants));
    const memories = bankOf(this.#constants, conditioning, []).memoriesFor(frame, reverse);
    recent.forEach((source, index) => {
      memories.push({ source, temporalRow: recent.length - 1 - index });
    });
    return { memories, pointers: bankOf(this.#constants, conditioning, this.#recent).pointersFor(frame, reverse, frameCount) };
  }

  get size(): number {
    return Math.max(this.#recent.length, this.#kept.length);
  }

  get #isMotionTrusted(): boolean {
    return this.#motion.filter !== null && this.#motion.stable >= stableFrames;
  }

  #motionScore(candidate: Candidate): number {
    const { box } = maskShape(candidate.logits);
    return box === null ? 0 : boxIou(edgesOf(this.#motion.filter!.predict().box), edgesOf(box));
  }

  /**
   * The filter follows good frames; a bad one starts the count of stable frames anew, and the filter with the next good
   * one.
   */
  #moved(candidate: Candidate): Motion {
    const { filter, stable } = this.#motion;
    const box = candidate.objectLogit > 0 ? maskShape(candidate.logits).box : null;
    if (filter === null || stable === 0) return box === null ? { filter: null, stable: 0 } : { filter: KalmanBox.at(box), stable: 1 };
    const predicted = filter.predict();
    if (box === null || candidate.predictedIou <= stableIou) return { filter: predicted, stable: 0 };
    return { filter: predicted.correct(box), stable: stable + 1 };
  }
}
