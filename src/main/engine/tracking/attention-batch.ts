/**
 * Packs what each object (or path of its tree) attends to into batches: those with as many memories and as many pointers as each other run
 * together. No slot is ever padded (a duplicated or empty entry would take softmax weight).
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
    const slot = featureSize * featureSize * memoryDim;
    const memoryLength = batch * memories * slot;
    const pointerLength = batch * pointerCount * hiddenDim;
    if (this.#memory.length < memoryLength) this.#memory = new Float32Array(memoryLength);
    if (this.#pointers.length < pointerLength) this.#pointers = new Float32Array(pointerLength);
    const memory = this.#memory.subarray(0, memoryLength);
    const pointers = this.#pointers.subarray(0, pointerLength);
    const temporalRow = new BigInt64Array(batch * memories);
    const pointerPosition = new Float32Array(batch * pointerCount);
    const memoryWeight = new Float32Array(batch * memories);
    const pointerWeight = new Float32Array(batch * pointerCount);
    requests.forEach((request, b) => {
      request.memories.forEach(({ source, temporalRow: row, weight = 1 }, m) => {
        memory.set(source.memory!, (b * memories + m) * slot);
        temporalRow[b * memories + m] = BigInt(row);
        memoryWeight[b * memories + m] = weight;
      });
      request.pointers.forEach(({ pointer, position, weight = 1 }, p) => {
        pointers.set(pointer, (b * pointerCount + p) * hiddenDim);
        pointerPosition[b * pointerCount + p] = position;
        pointerWeight[b * pointerCount + p] = weight;
      });
    });
    return {
      batch,
      memories,
      memory,
      temporalRow,
      memoryWeight,
      pointerCount,
      pointers,
      pointerPosition,
      pointerWeight,
    };
  }
}
