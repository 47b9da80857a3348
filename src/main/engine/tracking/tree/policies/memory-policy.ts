/**
 * What one path remembers behind the frame at hand, and the policy that decides it. Immutable: paths that
 * share a past share these objects, and growing one costs the same whatever the length of the clip.
 */
import type { AttentionRequest } from '../../attention-batch.ts';
import type { TrackerConstants } from '../../constants.ts';
import { type AttendableFrame, type FrameOutput, MemoryBank } from '../../memory-bank.ts';
import type { Candidate, RememberedFrame } from '../candidate.ts';

export interface AttendContext {
  frame: number;
  reverse: boolean;
  /** By frame. */
  conditioning: ReadonlyMap<number, FrameOutput>;
  /** null for a stream of unknown length. */
  frameCount: number | null;
}

export interface MemoryPolicy {
  /** Rating or remembering looks at the candidates' masks. */
  readonly readsMasks: boolean;
  /** How good each candidate is, 0..1, in SAM 2 its predicted IoU. */
  rate(candidates: readonly Candidate[]): number[];
  /**
   * The history with a frame more.
   * @param entry its memory may be filled in later, before anything attends to it
   * @param chosen which of `candidates` it is
   */
  after(entry: RememberedFrame, chosen: number, candidates: readonly Candidate[]): MemoryPolicy;
  /** What a frame attends to. The frame follows the newest remembered one. */
  attend(context: AttendContext): AttentionRequest;
  /** Frames held in any form, for tests of the bound. */
  readonly size: number;
}

export const ratedByIou = (candidates: readonly Candidate[]): number[] => candidates.map(({ predictedIou }) => predictedIou);

/** The entry appended, at most `most` kept, memories only for the newest `withMemory`. */
export const pushBounded = (
  frames: readonly RememberedFrame[],
  entry: RememberedFrame,
  most: number,
  withMemory: number,
): readonly RememberedFrame[] => {
  const kept = [...frames, entry].slice(-most);
  const bare = kept.length - withMemory - 1;
  // One falls out of reach per frame; older ones are bare already.
  if (bare >= 0 && kept[bare]!.maskMemory !== null) kept[bare] = { ...kept[bare]!, maskMemory: null };
  return kept;
};

/** Frames whose pointer can be reached (rule 21). */
export const pointerReach = (constants: TrackerConstants): number => constants.maxObjPtrs - 1;
/** Recent memories attended (rule 18). */
export const memoryReach = (constants: TrackerConstants): number => constants.numMaskmem - 1;

/** A bank as SAM 2 would hold it, for its rules of what is attended (17 to 23). */
export const bankOf = (
  constants: TrackerConstants,
  conditioning: ReadonlyMap<number, FrameOutput>,
  recent: readonly RememberedFrame[],
): MemoryBank<AttendableFrame> => {
  const bank = new MemoryBank<AttendableFrame>(constants);
  for (const [frame, output] of conditioning) bank.conditioning.set(frame, output);
  for (const entry of recent) bank.recent.set(entry.frame, entry);
  return bank;
};
