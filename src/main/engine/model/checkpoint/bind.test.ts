import { cp, link, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { Manifest, Weights } from '../../../../shared/manifest.ts';
import { outcomeOf, TempFolder } from '../../../common/testing/temp-folder.ts';
import { openBundle } from '../bundle/bundle.ts';
import { type BindOptions, type BoundCheckpoint, bindCheckpoint } from './bind.ts';
import { type SampleGraphs, sha256, writeSampleBundle } from './testing/sample-bundle.ts';
import { floats, ramp, type SampleOptions, type SampleTensor, sampleCheckpoint } from './testing/sample-checkpoint.ts';
import { sampleGraph } from './testing/sample-graph.ts';

const plain: Record<string, SampleTensor> = {
  'net.a': { shape: [2, 3], data: ramp(6) },
  'net.b': { shape: [2, 3], offset: 2, data: ramp(10, 100) },
  unused: { shape: [1], data: ramp(1) },
};
/** a + b of `plain`. */
const plainSum = [103, 105, 107, 109, 111, 113];

const parameter = (key: string, shape = [2, 3]) => ({ key, shape, dtype: 'float32' as const });
const parameters = { 'p.net.a': parameter('net.a'), 'p.net.b': parameter('net.b') };
const graph = sampleGraph(Object.keys(parameters), [2, 3]);
const graphs: SampleGraphs = { imageEncoder: graph, memoryAttention: graph, maskDecoder: graph, memoryEncoder: graph, maskPrompt: graph };

class Setup {
  readonly folder: TempFolder;
  readonly options: BindOptions;

  private constructor(folder: TempFolder, options: BindOptions) {
    this.folder = folder;
    this.options = options;
  }

  static async create(
    folder: TempFolder,
    checkpoint: Buffer,
    change: { weights?: Partial<Weights>; graphs?: SampleGraphs } = {},
  ): Promise<Setup> {
    const published = { file: 'sample.pt', sha256: null, bytes: checkpoint.length, url: null };
    const weights: Weights = { kind: 'checkpoint', ...published, parameters, ...change.weights };
    const bundleDir = join(folder.path, 'models', 'sample');
    const manifest = await writeSampleBundle(bundleDir, { ...graphs, ...change.graphs }, weights);
    const checkpointPath = await folder.file('download.pt', checkpoint);
    return new Setup(folder, { bundleDir, manifest, checkpointPath, outDir: join(folder.path, 'bound', 'sample') });
  }

  bind(change: Partial<BindOptions> = {}): Promise<BoundCheckpoint> {
    return bindCheckpoint({ ...this.options, ...change });
  }

  outFiles(): Promise<string[]> {
    return readdir(this.options.outDir).then(
      (names) => names.sort(),
      () => [],
    );
  }
}

/** What the bound image encoder (y = x + a + b) gives for zeros. */
async function run(dir: string): Promise<number[]> {
  const bundle = await openBundle(dir);
  const session = await InferenceSession.create(bundle.graphFile('imageEncoder'));
  const { y } = await session.run({ x: new Tensor('float32', new Float32Array(6), [2, 3]) });
  await session.release();
  return [...(y!.data as Float32Array)];
}

const graphFiles = ['image_encoder.onnx', 'mask_decoder.onnx', 'mask_prompt.onnx', 'memory_attention.onnx', 'memory_encoder.onnx'];

describe('bindCheckpoint', () => {
  it('uses a plain checkpoint without a second copy, and ONNX Runtime computes with it', async () => {
    await using folder = await TempFolder.create();
    const setup = await Setup.create(folder, sampleCheckpoint(plain));
    const bound = await setup.bind();
    expect(['cloned', 'linked']).toContain(bound.placement);
    expect(bound).toMatchObject({ isPublished: false, sha256: sha256(await readFile(setup.options.checkpointPath)) });
    expect(await setup.outFiles()).toEqual([...graphFiles, 'manifest.json', 'sample.pt'].sort());
    expect(await run(bound.dir)).toEqual(plainSum);
    expect(await openBundle(bound.dir)).toMatchObject({
      needsWeights: false,
      weightsFile: join(bound.dir, 'sample.pt'),
      manifest: bound.manifest,
    });
  });

  it('uses a checkpoint in place that lies in the folder already', async () => {
    await using folder = await TempFolder.create();
    const setup = await Setup.create(folder, sampleCheckpoint(plain));
    await mkdir(setup.options.outDir, { recursive: true });
    const checkpointPath = join(setup.options.outDir, 'mine.pt');
    await cp(setup.options.checkpointPath, checkpointPath);
    const before = await stat(checkpointPath);
    const bound = await setup.bind({ checkpointPath });
    expect([bound.placement, bound.manifest.weights?.file]).toEqual(['in-place', 'mine.pt']);
    expect(await stat(checkpointPath)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
    expect(await run(bound.dir)).toEqual(plainSum);
  });

  it('shares nothing with a file that others may rewrite, if told so', async () => {
    await using folder = await TempFolder.create();
    const setup = await Setup.create(folder, sampleCheckpoint(plain));
    await setup.bind();
    const bound = await setup.bind({ ownCopy: true });
    expect(['cloned', 'copied']).toContain(bound.placement);
    await writeFile(setup.options.checkpointPath, 'rewritten');
    expect(await run(bound.dir)).toEqual(plainSum);
  });

  it('replaces a symbolic link, which ONNX Runtime would refuse', async () => {
    await using folder = await TempFolder.create();
    const setup = await Setup.create(folder, sampleCheckpoint(plain));
    await mkdir(setup.options.outDir, { recursive: true });
    const checkpointPath = join(setup.options.outDir, 'sample.pt');
    await symlink(setup.options.checkpointPath, checkpointPath);
    const bound = await setup.bind({ checkpointPath });
    expect(bound.placement).not.toBe('in-place');
    expect(await run(bound.dir)).toEqual(plainSum);
  });

  it('binds again over an earlier binding, also from the same file', async () => {
    await using folder = await TempFolder.create();
    const setup = await Setup.create(folder, sampleCheckpoint(plain));
    await setup.bind();
    await link(setup.options.checkpointPath, join(folder.path, 'again.pt'));
    const bound = await setup.bind({ checkpointPath: join(folder.path, 'again.pt') });
    const other = await folder.file(
      'other.pt',
      sampleCheckpoint({ ...plain, 'net.a': { shape: [2, 3], data: floats([0, 0, 0, 0, 0, 0]) } }),
    );
    expect(await run(bound.dir)).toEqual(plainSum);
    await setup.bind({ checkpointPath: other });
    expect(await run(bound.dir)).toEqual([102.5, 103.5, 104.5, 105.5, 106.5, 107.5]);
    expect(await setup.outFiles()).toEqual([...graphFiles, 'manifest.json', 'sample.pt'].sort());
  });

  const halves = Buffer.from(Uint16Array.from([0x3c00, 0xc000, 0x0001, 0x7bff, 0x3555, 0x8000]).buffer);
  const brains = Buffer.from(Uint16Array.from([0x3f80, 0xc000, 0x0000, 0x4780, 0x3eab, 0x8000]).buffer);
  const zero: SampleTensor = { shape: [2, 3], data: ramp(6, -0.5).fill(0) };
  it.each<[string, Record<string, SampleTensor>, SampleOptions, number[]]>([
    ['compressed', plain, { deflate: true }, plainSum],
    ['not contiguous', { ...plain, 'net.a': { shape: [2, 3], stride: [1, 2], data: ramp(6) } }, {}, [103, 106, 109, 107, 110, 113]],
    ['broadcast', { ...plain, 'net.a': { shape: [2, 3], stride: [0, 0], data: ramp(1) } }, {}, [103, 104, 105, 106, 107, 108]],
    [
      'float64',
      { ...plain, 'net.a': { shape: [2, 3], dtype: 'float64', data: Buffer.alloc(48) } },
      {},
      [102.5, 103.5, 104.5, 105.5, 106.5, 107.5],
    ],
    [
      'float16',
      { 'net.a': { shape: [2, 3], dtype: 'float16', data: halves }, 'net.b': zero },
      {},
      [1, -2, 2 ** -24, 65504, 0.333251953125, -0],
    ],
    ['bfloat16', { 'net.a': { shape: [2, 3], dtype: 'bfloat16', data: brains }, 'net.b': zero }, {}, [1, -2, 0, 65536, 0.333984375, -0]],
  ])('converts a checkpoint that is %s', async (_, tensors, options, expected) => {
    await using folder = await TempFolder.create();
    const setup = await Setup.create(folder, sampleCheckpoint(tensors, options));
    const bound = await setup.bind();
    expect([bound.placement, bound.manifest.weights?.file]).toEqual(['converted', 'weights.bin']);
    expect((await run(bound.dir)).map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
  });

  it('binds two initializers to one tensor', async () => {
    await using folder = await TempFolder.create();
    const weights = { parameters: { 'p.net.a': parameter('net.a'), 'p.net.b': parameter('net.a') } };
    const setup = await Setup.create(folder, sampleCheckpoint(plain, { deflate: true }), { weights });
    const bound = await setup.bind();
    expect(await run(bound.dir)).toEqual([1, 3, 5, 7, 9, 11]);
    expect(bound.manifest.weights?.bytes).toBe(64);
  });

  it('leaves no converted weights behind that nothing uses', async () => {
    await using folder = await TempFolder.create();
    const setup = await Setup.create(folder, sampleCheckpoint(plain, { deflate: true }));
    await setup.bind();
    expect(await setup.outFiles()).toContain('weights.bin');
    await setup.bind({ checkpointPath: await folder.file('plain.pt', sampleCheckpoint(plain)) });
    expect(await setup.outFiles()).toEqual([...graphFiles, 'manifest.json', 'sample.pt'].sort());
  });

  it('notices later changes of what it wrote', async () => {
    await using folder = await TempFolder.create();
    const setup = await Setup.create(folder, sampleCheckpoint(plain, { deflate: true }));
    const { dir } = await setup.bind();
    await writeFile(join(dir, 'weights.bin'), Buffer.alloc(128, 1));
    expect(await outcomeOf(() => openBundle(dir))).toMatch(/^model-tampered: /);
  });
});

describe('bindCheckpoint refuses', () => {
  const good = () => sampleCheckpoint(plain);
  const without = (key: string) => Object.fromEntries(Object.entries(plain).filter(([name]) => name !== key));
  const flipped = (options: SampleOptions = {}) => {
    const file = sampleCheckpoint(plain, options);
    const at = file.indexOf(ramp(6));
    file[at + 5]! ^= 1;
    return file;
  };

  it.each<[string, Buffer, { weights?: Partial<Weights>; graphs?: SampleGraphs }, RegExp]>([
    ['a missing tensor', sampleCheckpoint(without('net.b')), {}, /^model-mismatch: .*"net.b" is missing/],
    [
      'another shape',
      sampleCheckpoint({ ...plain, 'net.a': { shape: [3, 2], data: ramp(6) } }),
      {},
      /^model-mismatch: .*\[3, 2\] instead of \[2, 3\]/,
    ],
    [
      'integers',
      sampleCheckpoint({ ...plain, 'net.a': { shape: [2, 3], dtype: 'int64', data: Buffer.alloc(48) } }),
      {},
      /^checkpoint-unsupported: .*int64/,
    ],
    ['flipped bits that the checksum shows', flipped(), {}, /^checkpoint-refused: .*wrong checksum/],
    [
      'the wrong checksum of a compressed entry',
      sampleCheckpoint(plain, { deflate: true, change: (m) => m.map((e, i) => (i === 2 ? { ...e, claim: { crc32: 7 } } : e)) }),
      {},
      /^checkpoint-refused: .*checksum/,
    ],
    [
      'an entry that unpacks to more',
      sampleCheckpoint(plain, {
        deflate: true,
        change: (m) => m.map((e, i) => (i === 2 ? { ...e, data: Buffer.alloc(500), claim: { bytes: 24 } } : e)),
      }),
      {},
      /^checkpoint-refused: .*more than it announced/,
    ],
    [
      'an entry that unpacks to less',
      sampleCheckpoint(plain, { deflate: true, change: (m) => m.map((e, i) => (i === 2 ? { ...e, claim: { bytes: 30 } } : e)) }),
      {},
      /^checkpoint-refused: .*less than it announced/,
    ],
    [
      'a large storage for a small tensor',
      sampleCheckpoint({ ...plain, 'net.a': { shape: [2, 3], data: Buffer.alloc(2 << 20) } }, { deflate: true }),
      {},
      /^checkpoint-unsupported: .*unpacked/,
    ],
    ['a graph with an unknown weight', good(), { graphs: { maskPrompt: sampleGraph(['other'], [2, 3]) } }, /^model-corrupt: .*"other"/],
    [
      'a graph with another shape',
      good(),
      { graphs: { maskPrompt: sampleGraph(['p.net.a'], [6]) } },
      /^model-corrupt: .*another type or shape/,
    ],
    ['a graph that is no ONNX', good(), { graphs: { maskPrompt: Buffer.from('no') } }, /^model-corrupt: /],
  ])('%s', async (_, checkpoint, change, reason) => {
    await using folder = await TempFolder.create();
    const setup = await Setup.create(folder, checkpoint, change);
    const outcome = await outcomeOf(() => setup.bind());
    expect(outcome).toMatch(reason);
    if (outcome !== 'success') expect(await setup.outFiles()).toEqual([]);
  });

  it('a checkpoint other than the published one, where that is asked for', async () => {
    await using folder = await TempFolder.create();
    const setup = await Setup.create(folder, good(), { weights: { sha256: sha256(good()) } });
    expect(await setup.bind({ requirePublished: true })).toMatchObject({ isPublished: true });
    const checkpointPath = await folder.file('flipped.pt', flipped());
    expect(await outcomeOf(() => setup.bind({ checkpointPath, requirePublished: true }))).toMatch(/^model-tampered: /);
  });

  it('what does not belong together', async () => {
    await using folder = await TempFolder.create();
    const setup = await Setup.create(folder, good());
    const complete: Manifest = { ...setup.options.manifest, weights: null };
    expect(await outcomeOf(() => setup.bind({ manifest: complete }))).toMatch(/^model-mismatch: /);
    expect(await outcomeOf(() => setup.bind({ outDir: setup.options.bundleDir }))).toMatch(/^bad-request: /);
    expect(await outcomeOf(() => setup.bind({ checkpointPath: join(folder.path, 'none.pt') }))).toMatch(/^model-missing: /);
    expect(await outcomeOf(() => setup.bind({ outDir: join(setup.options.checkpointPath, 'below') }))).toMatch(/^output-unwritable: /);
    expect(await outcomeOf(() => setup.bind({ signal: AbortSignal.abort() }))).toMatch(/^cancelled: /);
  });

  it('a bad second checkpoint without harm to the first binding', async () => {
    await using folder = await TempFolder.create();
    const setup = await Setup.create(folder, good());
    const { dir } = await setup.bind();
    const checkpointPath = await folder.file('flipped.pt', flipped());
    expect(await outcomeOf(() => setup.bind({ checkpointPath }))).toMatch(/^checkpoint-refused: /);
    expect(await run(dir)).toEqual(plainSum);
  });
});
