/** Small checkpoints as torch.save writes them, from float values. */
import { pickle, stateDict, tensor, underModel } from './pickle-writer.ts';
import { writeZip, type ZipMember } from './zip-writer.ts';

export interface SampleTensor {
  shape: number[];
  /** The storage's bytes; its length says how many elements it has. */
  data: Buffer;
  dtype?: 'float32' | 'float16' | 'bfloat16' | 'float64' | 'int64';
  stride?: number[];
  offset?: number;
}

export interface SampleOptions {
  root?: string;
  isBare?: boolean;
  deflate?: boolean;
  zip64?: boolean;
  byteOrder?: string;
  /** Instead of the pickle that describes the tensors. */
  pickle?: Buffer;
  change?: (members: ZipMember[]) => ZipMember[];
}

const widths = { float32: 4, float16: 2, bfloat16: 2, float64: 8, int64: 8 } as const;

export function floats(values: readonly number[]): Buffer {
  return Buffer.from(Float32Array.from(values).buffer);
}

/** Values 0.5, 1.5, 2.5, ... from `first`. */
export const ramp = (count: number, first = 0): Buffer => floats(Array.from({ length: count }, (_, index) => first + index + 0.5));

export function contiguousStride(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
}

export function samplePickle(tensors: Readonly<Record<string, SampleTensor>>, isBare = false): Buffer {
  const items = Object.entries(tensors).map(([name, { shape, data, dtype = 'float32', stride, offset = 0 }], index) => {
    const storageElements = data.length / widths[dtype];
    const ref = { dtype, key: String(index), storageElements, offset, shape, stride: stride ?? contiguousStride(shape) };
    return [name, tensor(ref)] as const;
  });
  const dict = stateDict(items);
  return pickle(isBare ? dict : underModel(dict));
}

export function sampleCheckpoint(tensors: Readonly<Record<string, SampleTensor>>, options: SampleOptions = {}): Buffer {
  const { root = 'sample', deflate = false, zip64 = false } = options;
  const members: ZipMember[] = [
    { name: `${root}/data.pkl`, data: options.pickle ?? samplePickle(tensors, options.isBare), deflate },
    { name: `${root}/byteorder`, data: Buffer.from(options.byteOrder ?? 'little'), deflate },
    ...Object.values(tensors).map(({ data }, index) => ({ name: `${root}/data/${index}`, data, deflate })),
    { name: `${root}/version`, data: Buffer.from('3\n'), deflate },
  ];
  return writeZip(options.change?.(members) ?? members, { zip64 });
}
