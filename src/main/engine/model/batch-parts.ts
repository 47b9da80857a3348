/** Batches of objects taken apart for two lanes, and put together again. */
import { Tensor } from 'onnxruntime-node';
import type { TrackerConstants } from '../tracking/constants.ts';
import type { AttendInput } from '../tracking/graphs.ts';

/** Rows of a tensor by number; a view of the same buffer where they follow each other. */
const rowsOf = <T extends Float32Array | BigInt64Array>(values: T, count: number, wanted: readonly number[]): T => {
  const each = values.length / count;
  const first = wanted[0] ?? 0;
  if (wanted.every((row, index) => row === first + index)) return values.subarray(first * each, (first + wanted.length) * each) as T;
  const rows = new (values.constructor as { new (length: number): T })(wanted.length * each);
  wanted.forEach((row, index) => {
    rows.set(values.subarray(row * each, (row + 1) * each) as never, index * each);
  });
  return rows;
};

const withMemories = (input: AttendInput, wanted: readonly number[]): AttendInput => {
  const { memoryCount: count, memory, temporalRow, memoryWeight } = input;
  return {
    ...input,
    memoryCount: wanted.length,
    memory: rowsOf(memory, count, wanted),
    temporalRow: rowsOf(temporalRow, count, wanted),
    memoryWeight: rowsOf(memoryWeight, count, wanted),
  };
};

/** Objects `from` to `to` (exclusive) of a batch, with the memories that they attend to; views of the same buffers where possible. */
export const someOf = (input: AttendInput, from: number, to: number): AttendInput => {
  const slice = <T extends Float32Array | BigInt64Array>(values: T): T => {
    const each = values.length / input.batch;
    return values.subarray(from * each, to * each) as T;
  };
  const memorySlot = slice(input.memorySlot);
  const used = [...new Set(memorySlot)];
  return {
    ...withMemories(input, used.map(Number)),
    batch: to - from,
    memorySlot: memorySlot.map((slot) => BigInt(used.indexOf(slot))),
    pointers: slice(input.pointers),
    pointerPosition: slice(input.pointerPosition),
    pointerWeight: slice(input.pointerWeight),
  };
};

/**
 * The first objects of a batch, half of them or more, that attend to no memory that one of the others attends to.
 * @returns how many; all where they share
 */
export const dealtOut = ({ batch, memories, memorySlot }: AttendInput): number => {
  for (let own = Math.ceil(batch / 2); own < batch; own++) {
    const known = new Set(memorySlot.subarray(0, own * memories));
    if (!memorySlot.subarray(own * memories).some((slot) => known.has(slot))) return own;
  }
  return batch;
};

/**
 * What the attention graph takes.
 * @param image `top`, for a graph that takes memories per object; or `tokens` and `queries`, for one that takes shared ones
 */
export const attendFeeds = (
  image: Record<string, Tensor>,
  input: AttendInput,
  { featureSize, memoryDim, hiddenDim }: TrackerConstants,
): Record<string, Tensor> => {
  const { batch: b, memories: m, pointerCount: p, memorySlot } = input;
  const isShared = 'queries' in image;
  const { memoryCount, memory, temporalRow, memoryWeight } = isShared ? input : withMemories(input, [...memorySlot].map(Number));
  const shape = isShared ? [memoryCount] : [b, m];
  return {
    ...image,
    memory: new Tensor('float32', memory, [...shape, featureSize * featureSize, memoryDim]),
    memory_tpos: new Tensor('int64', temporalRow, shape),
    memory_weight: new Tensor('float32', memoryWeight, shape),
    ...(isShared ? { memory_slot: new Tensor('int64', memorySlot, [b, m]) } : {}),
    pointers: new Tensor('float32', input.pointers, [b, p, hiddenDim]),
    pointer_pos: new Tensor('float32', input.pointerPosition, [b, p]),
    pointer_weight: new Tensor('float32', input.pointerWeight, [b, p]),
  };
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

/** Each object of a batch as a batch of its own; views of the same buffer. */
const eachOf = ({ data, dims: [batch, ...shape] }: Tensor): Tensor[] => {
  const values = data as Float32Array;
  const length = values.length / batch!;
  return Array.from(
    { length: batch! },
    (_, index) => new Tensor('float32', values.subarray(index * length, (index + 1) * length), [1, ...shape]),
  );
};

/** Batches after each other as one; a view where they lie so already. */
export const batchOf = (tensors: readonly Tensor[]): Tensor => {
  const [first] = tensors;
  if (tensors.length === 1) return first!;
  const parts = tensors.map(({ data }) => data as Float32Array);
  const [, ...shape] = first!.dims;
  const batch = tensors.reduce((sum, { dims }) => sum + dims[0]!, 0);
  const follow = parts.every((part, at) => {
    const before = parts[at - 1];
    return !before || (part.buffer === before.buffer && part.byteOffset === before.byteOffset + before.byteLength);
  });
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const values = follow ? new Float32Array(parts[0]!.buffer as ArrayBuffer, parts[0]!.byteOffset, length) : joined(parts);
  return new Tensor('float32', values, [batch, ...shape]);
};

/** What there is of each object of a batch. */
export const apart = (whole: Record<string, Tensor>): Record<string, Tensor>[] => {
  const each = Object.entries(whole).map(([name, tensor]) => [name, eachOf(tensor)] as const);
  return (each[0]?.[1] ?? []).map((_, index) => Object.fromEntries(each.map(([name, tensors]) => [name, tensors[index]!])));
};

export const together = (objects: readonly Record<string, Tensor>[]): Record<string, Tensor> =>
  Object.fromEntries(Object.keys(objects[0]!).map((name) => [name, batchOf(objects.map((own) => own[name]!))]));
