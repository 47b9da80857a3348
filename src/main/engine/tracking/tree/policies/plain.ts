/** No policy: every frame is a memory, by its true distance, as in SAM 2 (rules 15 and 17 to 23). */
import type { AttentionRequest } from '../../attention-batch.ts';
import type { TrackerConstants } from '../../constants.ts';
import type { RememberedFrame } from '../candidate.ts';
import { type AttendContext, bankOf, type MemoryPolicy, pointerReach, pushBounded, ratedByIou } from './memory-policy.ts';

export class PlainPolicy implements MemoryPolicy {
  readonly readsMasks = false;
  readonly #constants: TrackerConstants;
  readonly #recent: readonly RememberedFrame[];

  constructor(constants: TrackerConstants, recent: readonly RememberedFrame[] = []) {
    this.#constants = constants;
    this.#recent = recent;
  }

  rate = ratedByIou;

  after(entry: RememberedFrame): MemoryPolicy {
    const { numMaskmem, memoryTemporalStride } = this.#constants;
    const withMemory = (numMaskmem - 1) * memoryTemporalStride + 1;
    const most = Math.max(pointerReach(this.#constants), withMemory);
    return new PlainPolicy(this.#constants, pushBounded(this.#recent, entry, most, withMemory));
  }

  attend({ frame, reverse, conditioning, frameCount }: AttendContext): AttentionRequest {
    const bank = bankOf(this.#constants, conditioning, this.#recent);
    return { memories: bank.memoriesFor(frame, reverse), pointers: bank.pointersFor(frame, reverse, frameCount) };
  }

  get size(): number {
    return this.#recent.length;
  }
}
