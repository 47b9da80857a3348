/**
 * Writes the tensors of a checkpoint that can't be used in place (fp16, bf16, fp64, compressed, not contiguous) as one
 * file of float32 data. Plain tensors are streamed; a compressed or strided one is unpacked in memory, at most 128 MiB
 * at a time.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import type { Checkpoint, CheckpointTensor } from './checkpoint.ts';
import { forEachPiece, readRange } from './file-range.ts';
import { toFloat32Bytes } from './float-convert.ts';
import { bytesPerElement } from './pickle-values.ts';
import { damaged, refused, saveAgain, unsupported } from './refusal.ts';
import { gather } from './strides.ts';
import { isIntact, type ZipEntry } from './zip-directory.ts';

/** Where a tensor lies in the written file. */
interface WrittenTensor {
  readonly offset: number;
  readonly length: number;
}

export interface WrittenWeights {
  readonly places: ReadonlyMap<CheckpointTensor, WrittenTensor>;
  readonly bytes: number;
  readonly sha256: string;
}

const alignment = 64;
const mostUnpackedBytes = 128 << 20;
/**
 * A storage may be this much larger than the tensors taken from it; more is a bomb or somebody's whole training state.
 */
const mostWaste = 8;

/** Bytes that convertWeights will write for these tensors. */
export function convertedBytes(tensors: Iterable<CheckpointTensor>): number {
  let total = 0;
  for (const tensor of new Set(tensors)) total += alignUp(tensor.elements * 4);
  return total;
}

export async function convertWeights(
  checkpoint: Checkpoint,
  tensors: Iterable<CheckpointTensor>,
  outPath: string,
  signal?: AbortSignal,
): Promise<WrittenWeights> {
  const source = await open(checkpoint.path, 'r');
  const target = await open(outPath, 'wx').catch(async (error: unknown) => {
    await source.close();
    throw error;
  });
  try {
    const writer = new WeightsWriter(target);
    const places = new Map<CheckpointTensor, WrittenTensor>();
    for (const [entry, members] of groupByEntry(tensors)) {
      signal?.throwIfAborted();
      const isPlain = members.every((tensor) => tensor.fileOffset !== null);
      const unpacked = isPlain ? null : await unpack(source, entry, members, signal);
      for (const tensor of members) {
        const offset = writer.position;
        if (unpacked !== null) await writeFrom(unpacked, tensor, writer);
        else await stream(source, tensor, writer, signal);
        places.set(tensor, { offset, length: tensor.elements * 4 });
        await writer.align();
      }
    }
    return { places, bytes: writer.position, sha256: writer.digest() };
  } finally {
    await source.close();
    await target.close();
  }
}

class WeightsWriter {
  readonly #file: FileHandle;
  readonly #hash = createHash('sha256');
  position = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async write(data: Uint8Array): Promise<void> {
    this.#hash.update(data);
    for (let done = 0; done < data.length; ) {
      const { bytesWritten } = await this.#file.write(data, done, data.length - done, this.position + done);
      done += bytesWritten;
    }
    this.position += data.length;
  }

  async align(): Promise<void> {
    await this.write(new Uint8Array(alignUp(this.position) - this.position));
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}

function groupByEntry(tensors: Iterable<CheckpointTensor>): Map<ZipEntry, CheckpointTensor[]> {
  const groups = new Map<ZipEntry, CheckpointTensor[]>();
  for (const tensor of new Set(tensors)) {
    const group = groups.get(tensor.entry);
    if (group === undefined) groups.set(tensor.entry, [tensor]);
    else group.push(tensor);
  }
  return groups;
}

async function stream(source: FileHandle, tensor: CheckpointTensor, writer: WeightsWriter, signal?: AbortSignal): Promise<void> {
  await forEachPiece(source, { position: tensor.fileOffset ?? 0, length: tensor.byteLength }, async (piece) => {
    signal?.throwIfAborted();
    await writer.write(toFloat32Bytes(piece, tensor.dtype));
  });
}

async function writeFrom(storage: Buffer, tensor: CheckpointTensor, writer: WeightsWriter): Promise<void> {
  const width = bytesPerElement[tensor.dtype];
  const span = storage.subarray(tensor.entryOffset, tensor.entryOffset + tensor.spanBytes);
  for (const piece of gather(span, { width, shape: tensor.shape, stride: tensor.stride })) {
    await writer.write(toFloat32Bytes(piece, tensor.dtype));
  }
}

async function unpack(source: FileHandle, entry: ZipEntry, members: readonly CheckpointTensor[], signal?: AbortSignal): Promise<Buffer> {
  const used = members.reduce((total, tensor) => total + tensor.byteLength, 0);
  if (entry.bytes > mostUnpackedBytes || entry.bytes > used * mostWaste + (1 << 20)) {
    throw unsupported(`"${entry.name}" would have to be unpacked to ${entry.bytes} bytes for tensors of ${used}`, saveAgain);
  }
  const data = entry.method === 'stored' ? await readRange(source, entry.dataOffset, entry.bytes) : await inflate(source, entry, signal);
  if (!isIntact(entry, crc32(data))) throw damaged(`"${entry.name}" has a wrong checksum`);
  return data;
}

/** Unpacks into a buffer of the announced size; data that yields more or less is refused. */
async function inflate(source: FileHandle, entry: ZipEntry, signal?: AbortSignal): Promise<Buffer> {
  const unpacked = Buffer.alloc(entry.bytes);
  let done = 0;
  const collect = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) {
      if (done + chunk.length > unpacked.length) throw refused(`"${entry.name}" unpacks to more than it announced`);
      chunk.copy(unpacked, done);
      done += chunk.length;
    }
  };
  try {
    await pipeline(readPieces(source, entry), createInflateRaw({ chunkSize: 1 << 18 }), collect, { ...(signal && { signal }) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw damaged(`"${entry.name}" can't be unpacked`);
    throw error;
  }
  if (done !== unpacked.length) throw damaged(`"${entry.name}" unpacks to less than it announced`);
  return unpacked;
}

async function* readPieces(source: FileHandle, entry: ZipEntry, pieceBytes = 1 << 20): AsyncGenerator<Buffer> {
  for (let done = 0; done < entry.compressedBytes; done += pieceBytes) {
    yield await readRange(source, entry.dataOffset + done, Math.min(pieceBytes, entry.compressedBytes - done));
  }
}

function alignUp(position: number): number {
  return Math.ceil(position / alignment) * alignment;
}
