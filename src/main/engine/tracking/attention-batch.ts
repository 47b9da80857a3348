/**
 * Packs what each object (or path of its tree) attends to into batches: those with as many memories and as many
 * pointers as each other are asked for together, and a memory that several attend to in the same way is there once. No
 * slot is ever padded (a duplicated or empty entry would take softmax weight).
 */
import type { TrackerConstants } from './constants.ts';
import type { AttendInput } from './graphs.ts';
import type { AttendedMemory, AttendedPointer } from './memory-bank.ts';

export interface AttentionRequest {
  memories: AttendedMemory[];
  pointers: AttendedPointer[];
}

/** Indices into `requests`, grouped by shape, in order of first appearance. */
export const groupByShape = (requests: readonly AttentionRequest[]): number[][] => {
  const groups = new Map<string, number[]>();
  requests.forEach((request, index) => {
    const key = `${request.memories.length}:${request.pointers.length}`;
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  });
  return [...groups.values()];
};

/** Memories of a batch, each with its place and weight once. */
class MemorySlots {
  readonly all: Required<AttendedMemory>[] = [];
  readonly #known = new Map<Float32Array, number[]>();

  slotOf({ source, temporalRow, weight = 1 }: AttendedMemory): number {
    const known = this.#known.get(source.maskMemory!) ?? [];
    const found = known.find((slot) => this.all[slot]!.temporalRow === temporalRow && this.all[slot]!.weight === weight);
    if (found !== undefined) return found;
    const slot = this.all.push({ source, temporalRow, weight }) - 1;
    this.#known.set(source.maskMemory!, [...known, slot]);
    return slot;
  }
}

/** All requests must have one shape (see {@link groupByShape}). */
export const packAttention = (requests: readonly AttentionRequest[], { hiddenDim }: TrackerConstants): AttendInput => {
  const batch = requests.length;
  const pointerCount = requests[0]!.pointers.length;
  const slots = new MemorySlots();
  const memorySlot = BigInt64Array.from(
    requests.flatMap((request) => request.memories),
    (memory) => BigInt(slots.slotOf(memory)),
  );
  const pointers = new Float32Array(batch * pointerCount * hiddenDim);
  const pointerPosition = new Float32Array(batch * pointerCount);
  const pointerWeight = new Float32Array(batch * pointerCount);
  requests.forEach((request, b) => {
    request.pointers.forEach(({ pointer, position, weight = 1 }, p) => {
      pointers.set(pointer, (b * pointerCount + p) * hiddenDim);
      pointerPosition[b * pointerCount + p] = position;
      pointerWeight[b * pointerCount + p] = weight;
    });
  });
  return {
    batch,
    memory: slots.all.map(({ source }) => source.maskMemory!),
    temporalRow: BigInt64Array.from(slots.all, ({ temporalRow }) => BigInt(temporalRow)),
    memoryWeight: Float32Array.from(slots.all, ({ weight }) => weight),
    memories: requests[0]!.memories.length,
    memorySlot,
    pointerCount,
    pointers,
    pointerPosition,
    pointerWeight,
  };
};
