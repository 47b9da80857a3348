/**
 * SAM2Long's memory (arXiv 2410.16268, section 3.3; rules L7 to L9): only frames of good quality with the object
 * present are memories, placed by rank instead of distance, and keys are weighted by how sure the object was.
 */
import type { AttentionRequest } from '../../attention-batch.ts';
import type { TrackerConstants } from '../../constants.ts';
import type { AttendedMemory, AttendedPointer } from '../../memory-bank.ts';
import type { RememberedFrame } from '../candidate.ts';
import { conditioningRank, keyWeights } from '../key-weights.ts';
import { type AttendContext, bankOf, type MemoryPolicy, memoryReach, pointerReach, pushBounded, ratedByIou } from './memory-policy.ts';

export class Sam2LongPolicy implements MemoryPolicy {
  readonly readsMasks = false;
  readonly #constants: TrackerConstants;
  readonly #quality: number;
  /** Frames that passed, oldest first. */
  readonly #kept: readonly RememberedFrame[];
  /** The frame before, whether it passed or not. */
  readonly #last: RememberedFrame | null;

  /** @param quality predicted IoU that a memory must exceed */
  constructor(constants: TrackerConstants, quality: number, kept: readonly RememberedFrame[] = [], last: RememberedFrame | null = null) {
    this.#constants = constants;
    this.#quality = quality;
    this.#kept = kept;
    this.#last = last;
  }

  rate = ratedByIou;

  after(entry: RememberedFrame): MemoryPolicy {
    const passes = entry.predictedIou > this.#quality && entry.objectLogit > 0;
    const kept = passes ? pushBounded(this.#kept, entry, pointerReach(this.#constants), memoryReach(this.#constants)) : this.#kept;
    return new Sam2LongPolicy(this.#constants, this.#quality, kept, entry);
  }

  attend({ frame, reverse, conditioning, frameCount }: AttendContext): AttentionRequest {
    const { maxObjPtrs } = this.#constants;
    // Rule L7: the frame before is attended even when it did not pass.
    const ranked = this.#last === null || this.#kept.at(-1) === this.#last ? this.#kept : [...this.#kept, this.#last];
    // Conditioning frames stay as in SAM 2, several of them and future ones too (rules 17 and 21).
    const bank = bankOf(this.#constants, conditioning, []);
    const memories: AttendedMemory[] = bank.memoriesFor(frame, reverse);
    const pointers: AttendedPointer[] = bank.pointersFor(frame, reverse, frameCount);
    const memoryLogits = memories.map(() => conditioningRank);
    const pointerLogits = pointers.map(() => conditioningRank);
    const recent = ranked.slice(-memoryReach(this.#constants));
    recent.forEach((source, index) => {
      memories.push({ source, temporalRow: recent.length - 1 - index });
      memoryLogits.push(source.objectLogit);
    });
    const reach = Math.min(frameCount ?? maxObjPtrs, maxObjPtrs);
    // Rule L8: the oldest gives no pointer.
    for (let rank = 1; rank < Math.min(ranked.length, reach); rank++) {
      const source = ranked[ranked.length - rank]!;
      pointers.push({ pointer: source.pointer, position: rank / (reach - 1) });
      pointerLogits.push(source.objectLogit);
    }
    // Rule L9: not when only conditioning frames are attended.
    if (recent.length === 0) return { memories, pointers };
    const memoryWeights = keyWeights(memoryLogits);
    const pointerWeights = keyWeights(pointerLogits);
    return {
      memories: memories.map((memory, index) => ({ ...memory, weight: memoryWeights[index]! })),
      pointers: pointers.map((pointer, index) => ({ ...pointer, weight: pointerWeights[index]! })),
    };
  }

  get size(): number {
    return this.#kept.length + (this.#last === null || this.#kept.at(-1) === this.#last ? 0 : 1);
  }
}
