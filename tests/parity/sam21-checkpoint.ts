/**
 * A checkpoint of seeded weights in the layout of the official files. The recordings hold the law of each parameter
 * (offset, scale); the values come from an integer hash, as in models/parity/seeded_weights.py, so that no weights need
 * to be stored.
 */
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { pickle, stateDict, tensor, underModel } from '../../src/main/engine/model/checkpoint/testing/pickle-writer.ts';
import { contiguousStride } from '../../src/main/engine/model/checkpoint/testing/sample-checkpoint.ts';
import type { WeightParameter } from '../../src/shared/manifest.ts';

/** Parameter -> [offset, scale]. */
export type Laws = Readonly<Record<string, readonly [number, number]>>;

/** 32-bit FNV-1a of the name, started from the seed. */
const hashName = (name: string, seed: number): number => {
  let value = (0x811c9dc5 ^ seed) >>> 0;
  for (const byte of Buffer.from(name)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
};

/** offset + scale * noise in [-1, 1), rounded to float32. */
const seededTensor = (name: string, count: number, seed: number, [offset, scale]: readonly [number, number]): Float32Array => {
  const values = new Float32Array(count);
  const start = hashName(name, seed);
  for (let i = 0; i < count; i++) {
    let x = (Math.imul(i, 0x9e3779b9) + start) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    x ^= x >>> 16;
    values[i] = offset + scale * ((x >>> 8) / 2 ** 23 - 1);
  }
  return values;
};

const root = 'seeded';
const align = 64;

/** Writes the file piece by piece: the largest model's weights are 0.9 GB. */
export const writeSeededCheckpoint = async (
  path: string,
  parameters: readonly WeightParameter[],
  laws: Laws,
  seed: number,
): Promise<void> => {
  const file = await open(path, 'w');
  const central: Buffer[] = [];
  let position = 0;
  const write = async (bytes: Buffer): Promise<void> => {
    await file.write(bytes);
    position += bytes.length;
  };
  const member = async (name: string, data: Buffer): Promise<void> => {
    const path = Buffer.from(`${root}/${name}`);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt32LE(crc32(data), 16);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(data.length, 24);
    entry.writeUInt16LE(path.length, 28);
    entry.writeUInt32LE(position, 42);
    central.push(entry, path);
    const padding = (align - ((position + 30 + path.length) % align)) % align;
    const header = Buffer.alloc(30 + path.length + padding);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt32LE(crc32(data), 14);
    header.writeUInt32LE(data.length, 18);
    header.writeUInt32LE(data.length, 22);
    header.writeUInt16LE(path.length, 26);
    header.writeUInt16LE(padding, 28);
    path.copy(header, 30);
    await write(header);
    await write(data);
  };
  try {
    const items = parameters.map(({ key, shape }, index) => {
      const storageElements = shape.reduce((a, b) => a * b, 1);
      const ref = { dtype: 'float32', key: String(index), storageElements, offset: 0, shape: [...shape], stride: contiguousStride(shape) };
      return [key, tensor(ref)] as const;
    });
    await member('data.pkl', pickle(underModel(stateDict(items))));
    await member('byteorder', Buffer.from('little'));
    for (const [index, { key, shape }] of parameters.entries()) {
      const values = seededTensor(
        key,
        shape.reduce((a, b) => a * b, 1),
        seed,
        laws[key]!,
      );
      await member(`data/${index}`, Buffer.from(values.buffer));
    }
    await member('version', Buffer.from('3\n'));
    const directory = Buffer.concat(central);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(central.length / 2, 8);
    end.writeUInt16LE(central.length / 2, 10);
    end.writeUInt32LE(directory.length, 12);
    end.writeUInt32LE(position, 16);
    await write(Buffer.concat([directory, end]));
  } finally {
    await file.close();
  }
};
