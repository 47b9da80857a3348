/** Batches of objects: taken apart, and put together. */
import { Tensor } from 'onnxruntime-node';

/** By the names a graph gives its inputs and outputs. */
export type Tensors = Record<string, Tensor>;

type Values = Float32Array | BigInt64Array;

/** Copies all parts into one. */
export const concat = <T extends Values = Float32Array>(parts: readonly T[]): T => {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = new (parts[0]!.constructor as { new (length: number): T })(length);
  let at = 0;
  for (const values of parts) {
    all.set(values as never, at);
    at += values.length;
  }
  return all;
};

/** Each object of a batch as a batch of its own; views of the same buffer. */
const eachOf = ({ type, data, dims: [batch, ...shape] }: Tensor): Tensor[] => {
  const values = data as Float32Array;
  const length = values.length / batch!;
  return Array.from(
    { length: batch! },
    (_, index) => new Tensor(type as 'float32', values.subarray(index * length, (index + 1) * length), [1, ...shape]),
  );
};

/** Parts as one; a view of their buffer where they lie in it one after the other. */
const concatView = <T extends Values>(parts: readonly T[]): T => {
  const follow = parts.every((part, at) => {
    const before = parts[at - 1];
    return !before || (part.buffer === before.buffer && part.byteOffset === before.byteOffset + before.byteLength);
  });
  if (!follow) return concat(parts);
  const [first] = parts;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const View = first!.constructor as { new (buffer: ArrayBufferLike, byteOffset: number, length: number): T };
  return new View(first!.buffer, first!.byteOffset, length);
};

/** Batches after each other as one; a view where they lie so already. */
export const batchOf = (tensors: readonly Tensor[]): Tensor => {
  const [first] = tensors;
  if (tensors.length === 1) return first!;
  const [, ...shape] = first!.dims;
  const batch = tensors.reduce((sum, { dims }) => sum + dims[0]!, 0);
  const values = concatView(tensors.map(({ data }) => data as Float32Array));
  return new Tensor(first!.type as 'float32', values, [batch, ...shape]);
};

/** Each object of a batch as a batch of 1; views of the same buffers. */
export const unstack = (whole: Tensors): Tensors[] => {
  const each = Object.entries(whole).map(([name, tensor]) => [name, eachOf(tensor)] as const);
  return (each[0]?.[1] ?? []).map((_, index) => Object.fromEntries(each.map(([name, tensors]) => [name, tensors[index]!])));
};

/** Objects as one batch; views where they lie one after the other already. */
export const stack = (objects: readonly Tensors[]): Tensors =>
  Object.fromEntries(Object.keys(objects[0]!).map((name) => [name, batchOf(objects.map((own) => own[name]!))]));
