import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { outcomeOf, TempFolder } from '../../../common/testing/temp-folder.ts';
import { type Checkpoint, readCheckpoint } from './checkpoint.ts';
import { op, pickle, text, underModel } from './testing/pickle-writer.ts';
import { ramp, type SampleOptions, type SampleTensor, sampleCheckpoint } from './testing/sample-checkpoint.ts';

const tensors: Record<string, SampleTensor> = { a: { shape: [2, 3], data: ramp(6) }, b: { shape: [4], data: ramp(4, 100) } };
const real = (name: string) => join(import.meta.dirname, 'testing', 'torch-2.13', name);

async function readBytes(data: Buffer): Promise<Checkpoint> {
  await using folder = await TempFolder.create();
  return await readCheckpoint(await folder.file('sample.pt', data));
}
const read = (options: SampleOptions, of = tensors) => readBytes(sampleCheckpoint(of, options));

describe('readCheckpoint', () => {
  it.each<SampleOptions>([{}, { isBare: true }, { zip64: true }, { root: 'archive' }])(
    'finds the tensors in the file (%j)',
    async (options) => {
      const file = sampleCheckpoint(tensors, options);
      const checkpoint = await readBytes(file);
      expect([...checkpoint.tensors.keys()]).toEqual(['a', 'b']);
      const b = checkpoint.tensors.get('b')!;
      expect(b).toMatchObject({ dtype: 'float32', shape: [4], isContiguous: true, byteLength: 16 });
      expect(file.subarray(b.fileOffset!, b.fileOffset! + 16)).toEqual(ramp(4, 100));
    },
  );

  it('marks what can not be used in place', async () => {
    const { tensors: found } = await read(
      {},
      { t: { shape: [3, 2], stride: [1, 3], data: ramp(6) }, v: { shape: [2], offset: 3, data: ramp(6) } },
    );
    expect(found.get('t')).toMatchObject({ isContiguous: false, fileOffset: null, spanBytes: 24 });
    expect(found.get('v')).toMatchObject({ isContiguous: true, entryOffset: 12, byteLength: 8 });
    expect((await read({ deflate: true })).tensors.get('a')).toMatchObject({ isContiguous: true, fileOffset: null });
  });

  it('ignores the stride of an axis of one element', async () => {
    const { tensors: found } = await read({}, { a: { shape: [1, 3, 1], stride: [77, 1, 99], data: ramp(3) } });
    expect(found.get('a')?.isContiguous).toBe(true);
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['a tensor past its storage', () => read({}, { a: { shape: [7], data: ramp(6) } }), /refused.*past its data/],
    ['a tensor that strides past it', () => read({}, { a: { shape: [2, 2], stride: [9, 1], data: ramp(4) } }), /refused.*past its data/],
    [
      'a shape that overflows',
      () => read({}, { a: { shape: Array(8).fill(2 ** 30), stride: Array(8).fill(0), data: ramp(1) } }),
      /impossible shape/,
    ],
    ['a missing storage', () => read({ change: (m) => m.filter(({ name }) => name !== 'sample/data/1') }), /"b" is missing/],
    [
      'a truncated storage',
      () => read({ change: (m) => m.map((e) => (e.name === 'sample/data/1' ? { ...e, data: e.data.subarray(4) } : e)) }),
      /past its data/,
    ],
    ['big-endian numbers', () => read({ byteOrder: 'big' }), /unsupported.*big-endian/],
    ['a changed pickle', () => read({ change: (m) => m.map((e) => ({ ...e, claim: { crc32: 7 } })) }), /wrong checksum/],
    [
      'a bomb for a pickle',
      () => read({ change: (m) => [{ name: 'sample/data.pkl', data: Buffer.alloc(17 << 20), deflate: true }, ...m.slice(1)] }),
      /17825792 bytes/,
    ],
    ['two pickles', () => read({ change: (m) => [...m, { name: 'other/data.pkl', data: Buffer.from('x') }] }), /not a PyTorch checkpoint/],
    [
      'TorchScript',
      () => read({ change: (m) => [...m, { name: 'sample/constants.pkl', data: Buffer.from('x') }] }),
      /unsupported.*TorchScript/,
    ],
    ['no tensors', () => read({ pickle: pickle(op.emptyDict, text('model'), op.emptyDict, op.setItem) }), /no tensors/],
    ['a list', () => read({ pickle: pickle(op.emptyList) }), /no state dict/],
    ['a nested state dict', () => read({ pickle: pickle(underModel(underModel(op.emptyDict))) }), /no tensors/],
    ['a web page', () => readBytes(Buffer.from(`<!DOCTYPE html>${' '.repeat(100)}`)), /web page/],
    ['a Git LFS pointer', () => readBytes(Buffer.from(`version https://git-lfs${' '.repeat(100)}`)), /LFS pointer/],
    ['safetensors', () => readBytes(Buffer.from(`\x40\0\0\0\0\0\0\0{"a":1}${' '.repeat(100)}`)), /unsupported.*safetensors/],
    ['an empty file', () => readBytes(Buffer.alloc(0)), /only 0 bytes/],
    ['noise', () => readBytes(Buffer.alloc(1000, 'noise')), /not a PyTorch checkpoint/],
    ['a folder', () => readCheckpoint(import.meta.dirname), /refused/],
    ['a file that is not there', () => readCheckpoint(join(import.meta.dirname, 'none.pt')), /^model-missing/],
  ])('refuses %s', async (_, work, reason) => {
    const outcome = await outcomeOf(work);
    expect(outcome).toMatch(/^(checkpoint-refused|checkpoint-unsupported|model-missing): /);
    expect(outcome).toMatch(reason);
  });

  it('refuses every truncation', async () => {
    const file = sampleCheckpoint(tensors);
    for (let length = 0; length < file.length; length += 7) {
      expect(await outcomeOf(() => readBytes(file.subarray(0, length)))).toMatch(/^checkpoint-refused: /);
    }
  });
});

describe('files of torch.save', () => {
  it('reads every type and layout', async () => {
    const { tensors: found } = await readCheckpoint(real('mixed.pt'));
    const table = [...found.values()].map(
      (t) => `${t.name} ${t.dtype} [${t.shape}] ${t.isContiguous ? 'plain' : `strides ${t.stride}`} ${t.entryOffset}`,
    );
    expect(table).toEqual([
      'a float32 [4,6] plain 0',
      'half float16 [4,6] plain 0',
      'bf bfloat16 [4,6] plain 0',
      'dbl float64 [4,6] plain 0',
      't float32 [6,4] strides 1,6 0',
      'sl float32 [2,3] strides 6,2 24',
      'shared1 float32 [10] plain 40',
      'shared2 float32 [3] plain 200',
      'scalar float32 [] plain 0',
      'exp float32 [3,4] strides 1,0 0',
      'i int64 [3] plain 0',
    ]);
    const bytes = await readFile(real('mixed.pt'));
    expect(bytes.readFloatLE(found.get('shared2')!.fileOffset!)).toBe(50);
  });

  it('reads training checkpoints and those without checksums', async () => {
    expect([...(await readCheckpoint(real('train.pt'))).tensors.keys()]).toEqual(['weight', 'bias']);
    expect((await readCheckpoint(real('nocrc.pt'))).tensors.size).toBe(4);
  });

  it('refuses code and the format before 1.6', async () => {
    expect(await outcomeOf(() => readCheckpoint(real('reduces-os-system.pt')))).toMatch(/^checkpoint-refused: .*posix\.system/);
    expect(await outcomeOf(() => readCheckpoint(real('legacy.pt')))).toMatch(/^checkpoint-unsupported: .*before version 1\.6/);
  });
});
