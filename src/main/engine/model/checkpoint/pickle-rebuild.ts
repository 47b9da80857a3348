/** What the few allowed constructors mean, as descriptions: storages, tensors and ordered dicts. */
import {
  bytesPerElement,
  type DictValue,
  type Dtype,
  type GlobalRef,
  isTensor,
  type PickleValue,
  type StorageRef,
  type TensorRef,
} from './pickle-values.ts';
import { damaged, refused, saveAgain, unsupported } from './refusal.ts';

const mostDimensions = 16;

/** The value that `means(...args)` would be in Python. */
export function rebuild(means: GlobalRef['means'], args: readonly PickleValue[]): PickleValue {
  if (means === 'ordered-dict') return orderedDict(args);
  if (means === 'rebuild-tensor') return tensor(args);
  if (means === 'rebuild-parameter') {
    if (isTensor(args[0])) return args[0];
    throw damaged('it holds a parameter without a tensor');
  }
  throw refused('its pickle creates a storage of its own');
}

/** BINPERSID: ('storage', <storage type>, key, location, elements). */
export function storageOf(id: PickleValue): StorageRef {
  if (typeof id !== 'object' || id?.kind !== 'tuple') throw refused('its pickle refers to something that is not a storage');
  const [kind, type, key, , elements] = id.items;
  const dtype = typeof type === 'object' && type?.kind === 'global' ? dtypeOf(type.means) : undefined;
  if (kind !== 'storage' || dtype === undefined || typeof key !== 'string' || id.items.length !== 5) {
    throw refused('its pickle refers to something that is not a storage');
  }
  return { kind: 'storage', key, dtype, elements: natural(elements) };
}

/** Sets key, value, key, value, ... in a dict. */
export function putPairs(dict: DictValue, pairs: readonly PickleValue[]): void {
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const key = pairs[at];
    if (typeof key === 'object' && key !== null) throw refused('its pickle has a dict with a key that is neither text nor number');
    dict.entries.set(key ?? null, pairs[at + 1] ?? null);
  }
}

function orderedDict(args: readonly PickleValue[]): DictValue {
  if (args.length > 0) throw unsupported('it was written by an old version of Python', saveAgain);
  return { kind: 'dict', isOrdered: true, entries: new Map() };
}

/** _rebuild_tensor_v2(storage, offset, shape, stride, requires_grad, backward_hooks[, metadata]). */
function tensor(args: readonly PickleValue[]): TensorRef {
  const [storage, offset, shape, stride] = args;
  const isStorage = typeof storage === 'object' && storage?.kind === 'storage';
  if (!isStorage || args.length < 6 || args.length > 7) throw damaged('it holds a tensor without a storage');
  if (args.length === 7) throw unsupported('it holds tensors with extra metadata', saveAgain);
  const sizes = naturals(shape);
  const strides = naturals(stride);
  if (sizes.length !== strides.length || sizes.length > mostDimensions) throw damaged('a tensor has an impossible shape');
  return { kind: 'tensor', storage, offset: natural(offset), shape: sizes, stride: strides };
}

function naturals(value: PickleValue | undefined): number[] {
  if (typeof value !== 'object' || value?.kind !== 'tuple') throw damaged('a tensor has no shape');
  return value.items.map(natural);
}

function natural(value: PickleValue | undefined): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw damaged('a size in its pickle is not a whole number');
}

function dtypeOf(means: GlobalRef['means']): Dtype | undefined {
  return means in bytesPerElement ? (means as Dtype) : undefined;
}
