/**
 * 2,000 damaged or hostile checkpoints and bundles. Each must end in a typed error or in a model whose tensors are the
 * right ones; never in a crash, a hang, another exception or code that runs.
 */
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GraphName, Manifest, Weights } from '../../../../shared/manifest.ts';
import { outcomeOf, TempFolder } from '../../../common/testing/temp-folder.ts';
import { openBundle, readManifest } from '../bundle/bundle.ts';
import { bindCheckpoint } from './bind.ts';
import { readCheckpoint } from './checkpoint.ts';
import { listInitializers } from './testing/list-initializers.ts';
import { flipBits, mutateJson, Random, reshape } from './testing/mutate.ts';
import { globalOf, int, op, orderedDict, pickle, text, tuple } from './testing/pickle-writer.ts';
import { type SampleGraphs, sha256, writeSampleBundle } from './testing/sample-bundle.ts';
import { ramp, type SampleOptions, type SampleTensor, sampleCheckpoint, samplePickle } from './testing/sample-checkpoint.ts';
import { sampleGraph } from './testing/sample-graph.ts';
import { writeZip, type ZipMember } from './testing/zip-writer.ts';
import { readZipDirectory } from './zip-directory.ts';

const tensors: Record<string, SampleTensor> = {
  a: { shape: [2, 3], data: ramp(6) },
  b: { shape: [2, 3], offset: 2, data: ramp(10, 100) },
  c: { shape: [5], data: ramp(5) },
};
const expectedBytes = new Map([
  ['p.a', ramp(6)],
  ['p.b', ramp(6, 102)],
]);
const parameters: Weights['parameters'] = {
  'p.a': { key: 'a', shape: [2, 3], dtype: 'float32' },
  'p.b': { key: 'b', shape: [2, 3], dtype: 'float32' },
};
const graph = sampleGraph(['p.a', 'p.b'], [2, 3]);
const small: SampleGraphs = {
  imageEncoder: graph,
  memoryAttention: Buffer.concat([graph]),
  maskDecoder: graph,
  memoryEncoder: graph,
  maskPrompt: graph,
};
const variants: readonly SampleOptions[] = [{}, { deflate: true }, { zip64: true }, { isBare: true }];
const typed =
  /^(success$|(model-missing|model-corrupt|model-tampered|model-mismatch|checkpoint-refused|checkpoint-unsupported|disk-full|output-unwritable): )/;
/** Other damage than the usual, for a longer search. */
const seedOffset = Number(process.env.SAM2_FUZZ_SEED ?? 0) * 1_000_000;

let folder: TempFolder;
let manifest: Manifest;
/** The entries of a file of torch.save, whose pickle uses every instruction that a state dict has. */
let realMembers: ZipMember[];
const marker = () => join(folder.path, 'executed');
const bundleDir = () => join(folder.path, 'models', 'sample');
const outDir = () => join(folder.path, 'out', 'sample');

beforeAll(async () => {
  folder = await TempFolder.create();
  const weights: Weights = { kind: 'checkpoint', file: 'sample.pt', sha256: null, bytes: 1, url: null, parameters };
  manifest = await writeSampleBundle(bundleDir(), small, weights);
  realMembers = await readMembers(join(import.meta.dirname, 'testing', 'torch-2.13', 'mixed.pt'));
});
afterAll(() => folder[Symbol.asyncDispose]());

/** Runs `count` cases and says with which seed one went wrong. */
async function fuzz(seed: number, count: number, run: (random: Random, index: number) => Promise<string>): Promise<Map<string, number>> {
  const tally = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    const outcome = await run(new Random(seedOffset + seed * 10_000 + index), index);
    expect(outcome, `case ${index} of ${seed}`).toMatch(typed);
    const code = outcome.split(':')[0]!;
    tally.set(code, (tally.get(code) ?? 0) + 1);
  }
  expect(existsSync(marker())).toBe(false);
  return tally;
}

/** Binds a checkpoint; where that succeeds, the bound graphs must point to the right bytes inside the weights. */
async function bind(checkpoint: Buffer, expected: ReadonlyMap<string, Buffer> | null): Promise<string> {
  const checkpointPath = await folder.file('fuzzed.pt', checkpoint);
  await rm(outDir(), { recursive: true, force: true });
  return outcomeOf(async () => {
    await bindCheckpoint({ bundleDir: bundleDir(), manifest, checkpointPath, outDir: outDir() });
    await checkBound(expected);
  });
}

async function checkBound(expected: ReadonlyMap<string, Buffer> | null): Promise<void> {
  const bundle = await openBundle(outDir());
  const weights = await readFile(bundle.weightsFile!);
  for (const { name, external } of listInitializers(await readFile(bundle.graphFile('imageEncoder')))) {
    if (external === null) continue;
    const data = weights.subarray(external.offset, external.offset + external.length);
    if (data.length !== external.length) throw new Error(`${name} lies outside the weights`);
    if (expected !== null && !data.equals(expected.get(name)!)) throw new Error(`${name} has other numbers`);
  }
}

describe('damaged checkpoints', () => {
  it('flipped bits anywhere (400)', async () => {
    await fuzz(1, 400, (random) => bind(flipBits(sampleCheckpoint(tensors, random.pick(variants)), random), expectedBytes));
  });

  it('flipped bits in the zip directory (300)', async () => {
    await fuzz(2, 300, (random) => {
      const file = sampleCheckpoint(tensors, random.pick(variants));
      return bind(flipBits(file, random, file.indexOf('PK\x01\x02')), expectedBytes);
    });
  });

  it('cut, repeated and inserted stretches (150)', async () => {
    await fuzz(3, 150, (random) => {
      const file = sampleCheckpoint(tensors, random.pick(variants));
      return bind(random.below(2) === 0 ? file.subarray(0, random.below(file.length)) : reshape(file, random), expectedBytes);
    });
  });

  it('anything at all where the published file is asked for (100)', async () => {
    const published = sampleCheckpoint(tensors);
    const known: Manifest = { ...manifest, weights: { ...manifest.weights!, sha256: sha256(published) } };
    const tally = await fuzz(4, 100, async (random) => {
      const checkpointPath = await folder.file('fuzzed.pt', flipBits(published, random));
      const options = { bundleDir: bundleDir(), manifest: known, checkpointPath, outDir: outDir(), requirePublished: true };
      return outcomeOf(() => bindCheckpoint(options));
    });
    expect(tally.get('success') ?? 0).toBe(0);
    expect(tally.get('model-tampered')).toBeGreaterThan(5);
  });
});

describe('hostile checkpoints', () => {
  const attacks = (): Buffer[] => [
    Buffer.concat([globalOf('os', 'system'), tuple(text(`touch ${marker()}`)), op.reduce]),
    Buffer.concat([globalOf('builtins', 'exec'), tuple(text(`open(${JSON.stringify(marker())}, "w")`)), op.reduce]),
    Buffer.concat([op.mark, text(`touch ${marker()}`), Buffer.from('ios\nsystem\n')]),
    Buffer.concat([op.mark, globalOf('subprocess', 'Popen'), text(`touch ${marker()}`), Buffer.from('o')]),
    Buffer.concat([text('os'), text('system'), Buffer.from([0x93]), tuple(text(`touch ${marker()}`)), op.reduce]),
    Buffer.concat([globalOf('torch', 'FloatStorage'), tuple(int(2 ** 31 - 1)), op.reduce]),
    Buffer.concat([globalOf('collections', 'OrderedDict'), op.emptyTuple, Buffer.from([0x81])]),
    Buffer.concat([orderedDict(), op.emptyDict, text('__class__'), globalOf('os', 'system'), op.setItem, op.build]),
    Buffer.from('\x82\x01', 'latin1'),
    Buffer.from('Pcommand\n'),
    Buffer.alloc(3000, '('),
    Buffer.alloc(3000, '2'),
    Buffer.from('X\xff\xff\xff\x7f', 'latin1'),
  ];

  it('changed pickles with right checksums (400)', async () => {
    const change = (whole: Buffer, random: Random) => (random.below(2) === 0 ? flipBits(whole, random) : reshape(whole, random, attacks()));
    await fuzz(5, 400, async (random, index) => {
      if (index % 2 === 0)
        return bind(sampleCheckpoint(tensors, { pickle: change(samplePickle(tensors, random.below(2) === 0), random) }), null);
      const members = realMembers.map((member) =>
        member.name.endsWith('data.pkl') ? { ...member, data: change(member.data, random) } : member,
      );
      const path = await folder.file('real.pt', writeZip(members));
      return outcomeOf(() => readCheckpoint(path));
    });
  });

  it('pickles that call things (150)', async () => {
    const tally = await fuzz(6, 150, (random) => {
      const whole = samplePickle(tensors);
      const attack = random.pick(attacks());
      const spots = [2, whole.length - 1, whole.indexOf('c'), whole.lastIndexOf('X')];
      const at = random.pick(spots);
      const changed = random.below(3) === 0 ? pickle(attack) : Buffer.concat([whole.subarray(0, at), attack, whole.subarray(at)]);
      return bind(sampleCheckpoint(tensors, { pickle: changed }), null);
    });
    expect([...tally.keys()]).toEqual(['checkpoint-refused']);
  });

  it('bombs, overlapping entries and other lies of the zip directory (100)', async () => {
    const bomb: ZipMember = { name: 'sample/data/2', data: Buffer.alloc(8 << 20), deflate: true };
    await fuzz(7, 100, (random) => {
      const numbers = [0, 1, 63, 64, 200, 2 ** 16, 2 ** 31, 2 ** 32 - 1, 2 ** 40, 2 ** 53 - 1];
      const claim = { [random.pick(['bytes', 'compressedBytes', 'crc32', 'offset', 'method'])]: random.pick(numbers) % 2 ** 32 };
      const lie = (members: ZipMember[]): ZipMember[] => {
        const at = random.below(members.length);
        const kind = random.below(4);
        if (kind === 0) return members.map((member, index) => (index === at ? { ...bomb, name: member.name } : member));
        if (kind === 1) return [...members, members[at]!];
        if (kind === 2) return members.map((member) => ({ ...member, claim: { offset: 0 } }));
        return members.map((member, index) => (index === at ? { ...member, claim: withinField(claim) } : member));
      };
      return bind(sampleCheckpoint(tensors, { ...random.pick(variants), change: lie }), null);
    });
  });
});

describe('damaged bundles', () => {
  const inFolder = async (change: (dir: string) => Promise<void>): Promise<string> => {
    const dir = join(folder.path, 'models', 'changed');
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
    const checkpointPath = await folder.file('good.pt', sampleCheckpoint(tensors));
    return outcomeOf(async () => {
      await change(dir);
      await openBundle(dir);
      await rm(outDir(), { recursive: true, force: true });
      await bindCheckpoint({ bundleDir: dir, manifest: await readManifest(dir), checkpointPath, outDir: outDir() });
      await checkBound(null);
    });
  };

  it('graphs with changed bytes and hashes that agree (250)', async () => {
    await fuzz(8, 250, (random) => {
      const changed = random.below(2) === 0 ? flipBits(graph, random) : reshape(graph, random);
      return inFolder(async (dir) => void (await writeSampleBundle(dir, { ...small, imageEncoder: changed }, manifest.weights)));
    });
  });

  it('graphs with changed bytes and the published hashes (50)', async () => {
    const tally = await fuzz(9, 50, (random) =>
      inFolder(async (dir) => {
        const { graphs } = await writeSampleBundle(dir, small, manifest.weights);
        const name = random.pick(Object.keys(graphs) as GraphName[]);
        await writeFile(join(dir, graphs[name]!.file), flipBits(graph, random));
      }),
    );
    expect(tally.get('success') ?? 0).toBe(0);
  });

  it('changed manifests (100)', async () => {
    await fuzz(10, 100, (random) =>
      inFolder(async (dir) => {
        const json = JSON.stringify(await writeSampleBundle(dir, small, manifest.weights));
        const changed = random.below(3) === 0 ? flipBits(Buffer.from(json), random) : mutateJson(json, random);
        await writeFile(join(dir, 'manifest.json'), changed);
      }),
    );
  });
});

async function readMembers(path: string): Promise<ZipMember[]> {
  await using file = await open(path);
  const data = await file.readFile();
  const entries = await readZipDirectory(file, data.length);
  return [...entries.values()].map(({ name, dataOffset, bytes }) => ({ name, data: data.subarray(dataOffset, dataOffset + bytes) }));
}

/** Claims of two bytes stay in two bytes. */
function withinField(claim: Record<string, number>): NonNullable<ZipMember['claim']> {
  return claim.method === undefined ? claim : { method: claim.method % 2 ** 16 };
}
