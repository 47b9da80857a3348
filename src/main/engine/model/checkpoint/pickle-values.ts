/**
 * What a pickle may hold here: plain data, storages and tensors as descriptions. Nothing in this file can run anything.
 */

export type Dtype = 'float32' | 'float16' | 'bfloat16' | 'float64' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint8' | 'bool';

export const bytesPerElement: Readonly<Record<Dtype, number>> = {
  float64: 8,
  int64: 8,
  float32: 4,
  int32: 4,
  float16: 2,
  bfloat16: 2,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
};

/** The data of one or more tensors: an entry of the archive. */
export interface StorageRef {
  readonly kind: 'storage';
  readonly key: string;
  readonly dtype: Dtype;
  readonly elements: number;
}

/** A view of a storage; offset and stride count elements. Not yet checked against the storage's size. */
export interface TensorRef {
  readonly kind: 'tensor';
  readonly storage: StorageRef;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

/** A name from the allow-list. It is only a label: what REDUCE does with it is written in pickle.ts. */
export interface GlobalRef {
  readonly kind: 'global';
  readonly means: 'ordered-dict' | 'rebuild-tensor' | 'rebuild-parameter' | Dtype;
}

interface ListValue {
  readonly kind: 'list' | 'tuple';
  readonly items: PickleValue[];
}

export interface DictValue {
  readonly kind: 'dict';
  readonly isOrdered: boolean;
  readonly entries: Map<DictKey, PickleValue>;
}

type DictKey = string | number | bigint | boolean | null;
export type PickleValue = DictKey | StorageRef | TensorRef | GlobalRef | ListValue | DictValue;

/** The whole allow-list: "module name" as in the pickle. */
export const allowedGlobals: ReadonlyMap<string, GlobalRef> = new Map(
  (
    [
      ['collections OrderedDict', 'ordered-dict'],
      ['torch._utils _rebuild_tensor_v2', 'rebuild-tensor'],
      ['torch._utils _rebuild_parameter', 'rebuild-parameter'],
      ['torch FloatStorage', 'float32'],
      ['torch HalfStorage', 'float16'],
      ['torch BFloat16Storage', 'bfloat16'],
      ['torch DoubleStorage', 'float64'],
      ['torch LongStorage', 'int64'],
      ['torch IntStorage', 'int32'],
      ['torch ShortStorage', 'int16'],
      ['torch CharStorage', 'int8'],
      ['torch ByteStorage', 'uint8'],
      ['torch BoolStorage', 'bool'],
    ] as const
  ).map(([name, means]) => [name, { kind: 'global', means }]),
);

export function isTensor(value: PickleValue | undefined): value is TensorRef {
  return typeof value === 'object' && value?.kind === 'tensor';
}

export function isDict(value: PickleValue | undefined): value is DictValue {
  return typeof value === 'object' && value?.kind === 'dict';
}
