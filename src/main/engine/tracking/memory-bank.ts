/**
 * One object's memory: conditioning frames, recent frames, and which of them a frame attends to (rules 17 to 23).
 * Bounded exactly (rule 33): beyond the conditioning frames only what the next frame can still reach is kept.
 */
import type { TrackerConstants } from './constants.ts';

/** What of a frame can be attended to. */
export interface AttendableFrame {
  /** [C] */
  pointer: Float32Array;
  /** [h*h, Cm] on the bf16 grid; null until encoded (prompted frames wait for propagation, rule 14). */
  maskMemory: Float32Array | null;
}

export interface FrameOutput extends AttendableFrame {
  /** [4h * 4h] */
  logits: Float32Array;
  objectLogit: number;
  /** Predicted IoU. */
  predictedIou: number;
}

export interface AttendedMemory {
  source: AttendableFrame;
  /** Row of maskmem_tpos_enc. */
  temporalRow: number;
  /** Factor on its keys; 1 when absent (rule L9). */
  weight?: number;
}

export interface AttendedPointer {
  pointer: Float32Array;
  /** Signed distance over the divisor of rule 23. */
  position: number;
  /** Factor on its keys; 1 when absent (rule L9). */
  weight?: number;
}

/** Rule 17: all, or the nearest before, the nearest at or after, then by distance. Order is the order attended. */
export const selectConditioningFrames = <T>(
  frame: number,
  all: ReadonlyMap<number, T>,
  limit: number,
): { selected: Map<number, T>; rest: Map<number, T> } => {
  if (limit === -1 || all.size <= limit) return { selected: new Map(all), rest: new Map() };
  const frames = [...all.keys()];
  const chosen: number[] = [];
  const before = frames.filter((t) => t < frame);
  const after = frames.filter((t) => t >= frame);
  if (before.length > 0) chosen.push(Math.max(...before));
  if (after.length > 0) chosen.push(Math.min(...after));
  const remaining = frames.filter((t) => !chosen.includes(t)).sort((a, b) => Math.abs(a - frame) - Math.abs(b - frame));
  chosen.push(...remaining.slice(0, Math.max(0, limit - chosen.length)));
  const selected = new Map(chosen.map((t) => [t, all.get(t)!]));
  return { selected, rest: new Map(frames.filter((t) => !selected.has(t)).map((t) => [t, all.get(t)!])) };
};

export class MemoryBank<T extends AttendableFrame = FrameOutput> {
  readonly conditioning = new Map<number, T>();
  readonly recent = new Map<number, T>();
  readonly #constants: TrackerConstants;
  readonly #history: number;

  /**
   * @param history frames behind the current one that stay complete, so that a correction made soon after finds the
   *   memories it had; 0 keeps exactly what propagation itself can reach
   */
  constructor(constants: TrackerConstants, history = 0) {
    this.#constants = constants;
    this.#history = history;
  }

  /** Any stored output of the frame, conditioning first. */
  get(frame: number): T | undefined {
    return this.conditioning.get(frame) ?? this.recent.get(frame);
  }

  /** Source frame of the recent memory `distance` (1 = previous) steps away, on the stride grid from 2 on (rule 18). */
  #recentFrame(frame: number, distance: number, reverse: boolean): number {
    if (distance === 1) return reverse ? frame + 1 : frame - 1;
    const stride = this.#constants.memoryTemporalStride;
    return reverse
      ? Math.ceil((frame + 2) / stride) * stride + (distance - 2) * stride
      : Math.floor((frame - 2) / stride) * stride - (distance - 2) * stride;
  }

  /** Memories frame `frame` attends to, in the order of rule 19. @throws Error when there is no conditioning frame */
  memoriesFor(frame: number, reverse: boolean): AttendedMemory[] {
    const { numMaskmem, maxCondFrames } = this.#constants;
    const { selected, rest } = selectConditioningFrames(frame, this.conditioning, maxCondFrames);
    const attended: AttendedMemory[] = [];
    for (const source of selected.values()) attended.push({ source, temporalRow: numMaskmem - 1 });
    for (let distance = numMaskmem - 1; distance >= 1; distance--) {
      const at = this.#recentFrame(frame, distance, reverse);
      const source = this.recent.get(at) ?? rest.get(at);
      if (source?.maskMemory) attended.push({ source, temporalRow: distance - 1 });
    }
    return attended;
  }

  /**
   * Pointers frame `frame` attends to (rules 21 to 23).
   * @param frameCount length of the clip, or null for a stream of unknown length (divisor 15)
   */
  pointersFor(frame: number, reverse: boolean, frameCount: number | null): AttendedPointer[] {
    const { maxObjPtrs, maxCondFrames } = this.#constants;
    const reach = Math.min(frameCount ?? maxObjPtrs, maxObjPtrs);
    const divisor = reach - 1;
    const sign = reverse ? -1 : 1;
    const { selected, rest } = selectConditioningFrames(frame, this.conditioning, maxCondFrames);
    const attended: AttendedPointer[] = [];
    for (const [t, source] of selected) {
      if (reverse ? t >= frame : t <= frame) attended.push({ pointer: source.pointer, position: ((frame - t) * sign) / divisor });
    }
    for (let distance = 1; distance < reach; distance++) {
      const t = reverse ? frame + distance : frame - distance;
      if (t < 0 || (frameCount !== null && t >= frameCount)) break;
      const source = this.recent.get(t) ?? rest.get(t);
      if (source) attended.push({ pointer: source.pointer, position: distance / divisor });
    }
    return attended;
  }

  /** Forgets what no frame after `frame` in this direction can reach. Call after the frame's own memory is stored. */
  prune(frame: number, reverse: boolean): void {
    const { numMaskmem, maxObjPtrs, memoryTemporalStride } = this.#constants;
    const memoryReach = Math.max((numMaskmem - 1) * memoryTemporalStride + 1, this.#history);
    const reach = Math.max(maxObjPtrs - 1, memoryReach);
    for (const [t, source] of this.recent) {
      const behind = reverse ? t - frame : frame - t;
      // Frames ahead are the leavings of an earlier pass over the same stretch; they are kept within the same reach.
      if (Math.abs(behind) > reach) this.recent.delete(t);
      else if (Math.abs(behind) > memoryReach) source.maskMemory = null;
    }
  }
}
