/**
 * Packs what each object (or path of its tree) attends to into batches: those with as many memories and as many pointers as each other run
 * together, and a memory that several attend to in the same way is there once. No slot is ever padded (a duplicated or empty entry would take softmax weight).
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
    const known = this.#known.get(source.memory!) ?? [];
    const found = known.find((slot) => this.all[slot]!.temporalRow === temporalRow && this.all[slot]!.weight === weight);
    if (found !== undefined) return found;
    const slot = this.all.push({ source, temporalRow, weight }) - 1;
    this.#known.set(source.memory!, [...known, slot]);
    return slot;
  }
}

/** Reusable room for the largest batch so far; ONNX Runtime has read it when `attend` resolves. */
export class AttentionPacker {
  readonly #constants: TrackerConstants;
  #memory = new Float32Array(0);
  #pointers = new Float32Array(0);

  constructor(constants: TrackerConstants) {
    this.#constants = constants;
  }

  /** All requests must have one shape (see {@link groupByShape}). */
  pack(requests: readonly AttentionRequest[]): AttendInput {
    const { featureSize, memoryDim, hiddenDim } = this.#constants;
    const batch = requests.length;
    const memories = requests[0]!.memories.length;
    const pointerCount = requests[0]!.pointers.length;
    const slots = new MemorySlots();
    const memorySlot = BigInt64Array.from(
      requests.flatMap((request) => request.memories),
      (memory) => BigInt(slots.slotOf(memory)),
    );
    const size = featureSize * featureSize * memoryDim;
    const memoryLength = slots.all.length * size;
    const pointerLength = batch * pointerCount * hiddenDim;
    if (this.#memory.length < memoryLength) this.#memory = new Float32Array(memoryLength);
    if (this.#pointers.length < pointerLength) this.#pointers = new Float32Array(pointerLength);
    const memory = this.#memory.subarray(0, memoryLength);
    const pointers = this.#pointers.subarray(0, pointerLength);
    slots.all.forEach(({ source }, slot) => {
      memory.set(source.memory!, slot * size);
    });
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
      memoryCount: slots.all.length,
      memory,
      temporalRow: BigInt64Array.from(slots.all, ({ temporalRow }) => BigInt(temporalRow)),
      memoryWeight: Float32Array.from(slots.all, ({ weight }) => weight),
      memories,
      memorySlot,
      pointerCount,
      pointers,
      pointerPosition,
      pointerWeight,
    };
  }
}
