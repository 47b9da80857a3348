/** Batches of objects taken apart for two lanes, and put together again. */
import { Tensor } from 'onnxruntime-node';
import type { TrackerConstants } from '../tracking/constants.ts';
import type { AttendInput } from '../tracking/graphs.ts';

/** Objects `from` to `to` (exclusive) of a batch; views of the same buffers. */
export const someOf = (input: AttendInput, from: number, to: number): AttendInput => {
  const slice = <T extends Float32Array | BigInt64Array>(values: T): T => {
    const each = values.length / input.batch;
    return values.subarray(from * each, to * each) as T;
  };
  return {
    batch: to - from,
    memories: input.memories,
    memory: slice(input.memory),
    temporalRow: slice(input.temporalRow),
    memoryWeight: slice(input.memoryWeight),
    pointerCount: input.pointerCount,
    pointers: slice(input.pointers),
    pointerPosition: slice(input.pointerPosition),
    pointerWeight: slice(input.pointerWeight),
  };
};

/** The same in buffers of its own, which may be moved to another thread. */
export const detached = (input: AttendInput): AttendInput => ({
  ...input,
  memory: input.memory.slice(),
  temporalRow: input.temporalRow.slice(),
  memoryWeight: input.memoryWeight.slice(),
  pointers: input.pointers.slice(),
  pointerPosition: input.pointerPosition.slice(),
  pointerWeight: input.pointerWeight.slice(),
});

export const attendFeeds = (
  top: Tensor,
  input: AttendInput,
  { featureSize, memoryDim, hiddenDim }: TrackerConstants,
): Record<string, Tensor> => {
  const { batch: b, memories: m, pointerCount: p } = input;
  return {
    top,
    memory: new Tensor('float32', input.memory, [b, m, featureSize * featureSize, memoryDim]),
    memory_tpos: new Tensor('int64', input.temporalRow, [b, m]),
    memory_weight: new Tensor('float32', input.memoryWeight, [b, m]),
    pointers: new Tensor('float32', input.pointers, [b, p, hiddenDim]),
    pointer_pos: new Tensor('float32', input.pointerPosition, [b, p]),
    pointer_weight: new Tensor('float32', input.pointerWeight, [b, p]),
  };
};

/** What a request to the second lane need not keep. */
export const ownedByAttend = ['memory', 'memory_tpos', 'memory_weight', 'pointers', 'pointer_pos', 'pointer_weight'];
export const ownedByMemory = ['logits', 'binarize', 'object_logit'];

/** Objects `from` to `to` (exclusive) of a batch, in a buffer of its own where they are not all. */
export const part = (values: Float32Array, batch: number, from: number, to: number): Float32Array => {
  if (to - from === batch) return values;
  const each = values.length / batch;
  return values.slice(from * each, to * each);
};

export const joined = (parts: readonly Float32Array[]): Float32Array => {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of parts) {
    all.set(values, at);
    at += values.length;
  }
  return all;
};
