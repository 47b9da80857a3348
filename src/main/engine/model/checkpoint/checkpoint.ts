/**
 * A PyTorch checkpoint (.pt, the zip format of torch.save) as a table of tensors: type, shape and where in the file
 * their data lies. Only the zip directory and the pickle are read, never tensor data, so this costs the same for 150 MB
 * and 900 MB.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { crc32, inflateRawSync } from 'node:zlib';
import { readRange } from './file-range.ts';
import { readPickle } from './pickle.ts';
import { bytesPerElement, type Dtype, isDict, isTensor, type PickleValue, type TensorRef } from './pickle-values.ts';
import { damaged, refused, saveAgain, unsupported, withFileErrors } from './refusal.ts';
import { isIntact, readZipDirectory, type ZipEntry } from './zip-directory.ts';

export interface CheckpointTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** In elements, as PyTorch counts them. */
  readonly stride: readonly number[];
  readonly elements: number;
  readonly isContiguous: boolean;
  /** The zip entry of the tensor's storage, and the tensor's first byte in it (uncompressed). */
  readonly entry: ZipEntry;
  readonly entryOffset: number;
  /** Bytes of the storage from the first to the last element. */
  readonly spanBytes: number;
  /** Bytes of the tensor when contiguous. */
  readonly byteLength: number;
  /** Absolute position of the data in the file; null where it can't be used in place (compressed or not contiguous). */
  readonly fileOffset: number | null;
}

export interface Checkpoint {
  readonly path: string;
  readonly bytes: number;
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
}

const mostPickleBytes = 16 << 20;

/** Reads the table of a checkpoint: a state dict, or a dict with a state dict under "model". */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  return withFileErrors(path, async () => {
    const file = await open(path, 'r');
    try {
      const info = await file.stat();
      if (!info.isFile()) throw refused('it is not a file');
      return { path, bytes: info.size, tensors: await readTensors(file, info.size) };
    } finally {
      await file.close();
    }
  });
}

async function readTensors(file: FileHandle, fileBytes: number): Promise<Map<string, CheckpointTensor>> {
  await refuseOtherFormats(file, fileBytes);
  const entries = await readZipDirectory(file, fileBytes);
  const root = findRoot(entries);
  const order = entries.get(`${root}byteorder`);
  if (order !== undefined && (await readEntry(file, order, 16)).toString('latin1').trim() !== 'little') {
    throw unsupported('it was written on a big-endian machine', saveAgain);
  }
  const pickle = await readEntry(file, entries.get(`${root}data.pkl`)!, mostPickleBytes);
  const dict = stateDict(readPickle(pickle));
  const tensors = new Map<string, CheckpointTensor>();
  for (const [name, value] of dict) tensors.set(name, locate(name, value, entries, root));
  return tensors;
}

/** Says what a file is that people take for a checkpoint. */
async function refuseOtherFormats(file: FileHandle, fileBytes: number): Promise<void> {
  if (fileBytes < 64) throw damaged(`it has only ${fileBytes} bytes`);
  const head = await readRange(file, 0, 64);
  if (head.readUInt32LE(0) === 0x04034b50) return;
  const start = head.toString('latin1');
  if (start.startsWith('\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19')) {
    throw unsupported('it has the format that PyTorch wrote before version 1.6', saveAgain);
  }
  if (start.includes('ustar') || start.startsWith('storages')) throw unsupported('it has the oldest (tar) format of PyTorch', saveAgain);
  if (start.startsWith('{"', 8)) throw unsupported('it is a safetensors file', saveAgain);
  if (start.startsWith('version https://git-lfs')) throw damaged('it is only a Git LFS pointer, not the file itself');
  if (/^\s*<(!doctype|html|\?xml)/i.test(start)) throw damaged('it is a web page, as when the download address was wrong');
  throw refused('it is not a PyTorch checkpoint');
}

/** The folder in the archive that holds data.pkl, with its slash. */
function findRoot(entries: ReadonlyMap<string, ZipEntry>): string {
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const [first] = pickles;
  if (first === undefined || pickles.length > 1) throw refused('it is a zip file but not a PyTorch checkpoint');
  const root = first.slice(0, -'data.pkl'.length);
  if (entries.has(`${root}constants.pkl`)) throw unsupported('it is a TorchScript program, not a state dict', saveAgain);
  return root;
}

/** A small entry as a whole, checked by its CRC. */
async function readEntry(file: FileHandle, entry: ZipEntry, mostBytes: number): Promise<Buffer> {
  if (entry.bytes > mostBytes) throw refused(`"${entry.name}" has ${entry.bytes} bytes`);
  const packed = await readRange(file, entry.dataOffset, entry.compressedBytes);
  const data = entry.method === 'stored' ? packed : inflate(packed, entry);
  if (data.length !== entry.bytes || !isIntact(entry, crc32(data))) throw damaged(`"${entry.name}" has a wrong checksum`);
  return data;
}

function inflate(packed: Buffer, entry: ZipEntry): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.bytes) });
  } catch {
    throw damaged(`"${entry.name}" can't be unpacked`);
  }
}

function stateDict(value: PickleValue): Map<string, TensorRef> {
  if (!isDict(value)) throw refused('it holds no state dict');
  const model = value.entries.get('model');
  const dict = isDict(model) ? model : value;
  const tensors = new Map<string, TensorRef>();
  for (const [key, item] of dict.entries) {
    if (typeof key === 'string' && isTensor(item)) tensors.set(key, item);
  }
  if (tensors.size === 0) throw refused('it holds no tensors, neither at the top nor under "model"');
  return tensors;
}

function locate(name: string, tensor: TensorRef, entries: ReadonlyMap<string, ZipEntry>, root: string): CheckpointTensor {
  const { storage, offset, shape, stride } = tensor;
  const entry = entries.get(`${root}data/${storage.key}`);
  if (entry === undefined) throw damaged(`the data of the tensor "${name}" is missing`);
  const width = bytesPerElement[storage.dtype];
  const elements = product(shape, name);
  const span = elements === 0 ? 0 : shape.reduce((last, size, axis) => last + (size - 1) * stride[axis]!, 0) + 1;
  if (offset + span > storage.elements || storage.elements * width > entry.bytes) {
    throw damaged(`the tensor "${name}" reaches past its data`);
  }
  const isContiguous = hasContiguousStrides(shape, stride);
  const entryOffset = offset * width;
  return {
    name,
    dtype: storage.dtype,
    shape,
    stride,
    elements,
    isContiguous,
    entry,
    entryOffset,
    spanBytes: span * width,
    byteLength: elements * width,
    fileOffset: isContiguous && entry.method === 'stored' ? entry.dataOffset + entryOffset : null,
  };
}

function product(shape: readonly number[], name: string): number {
  const elements = shape.reduce((total, size) => total * size, 1);
  if (elements <= 2 ** 40) return elements;
  throw damaged(`the tensor "${name}" has an impossible shape`);
}

/** Whether elements follow each other in row-major order; the stride of an axis of one element means nothing. */
function hasContiguousStrides(shape: readonly number[], stride: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && stride[axis] !== expected) return shape.includes(0);
    expected *= shape[axis]!;
  }
  return true;
}
