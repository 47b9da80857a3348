import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../../shared/errors.ts';
import type { Manifest } from '../../../../shared/manifest.ts';
import { sha256, writeSampleBundle } from '../checkpoint/testing/sample-bundle.ts';
import { openBundle } from './bundle.ts';

let root: string;
let dir: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'bundle-'));
  dir = join(root, 'sample');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'opened',
    (error: unknown) => (error instanceof AppError ? error.code : error),
  );

const rewrite = (manifest: object) => writeFile(join(dir, 'manifest.json'), JSON.stringify(manifest));

describe('openBundle', () => {
  it('gives the paths of a whole bundle', async () => {
    const manifest = await writeSampleBundle(dir);
    const bundle = await openBundle(dir);
    expect(bundle.manifest).toEqual(manifest);
    expect(bundle.graphFile('maskDecoder')).toBe(join(dir, 'mask_decoder.onnx'));
    expect([bundle.weightsFile, bundle.needsWeights]).toEqual([null, false]);
  });

  it('refuses half of the graphs by which objects share memories', async () => {
    const { graphs, ...manifest } = await writeSampleBundle(dir);
    const { imageAttention: _, memoryReader: __, ...others } = graphs;
    const both = { imageAttention: graphs.maskDecoder, memoryReader: graphs.memoryEncoder };
    for (const half of [{ imageAttention: both.imageAttention }, { memoryReader: both.memoryReader }]) {
      await rewrite({ ...manifest, graphs: { ...others, ...half } });
      await expect(openBundle(dir)).rejects.toMatchObject({ message: expect.stringContaining('imageAttention and memoryReader') });
    }
    for (const whole of [both, {}]) {
      await rewrite({ ...manifest, graphs: { ...others, ...whole } });
      await openBundle(dir);
    }
  });

  it('tells how many bytes it has checked, those of files that it knows already too', async () => {
    const { graphs } = await writeSampleBundle(dir);
    const sizes = Object.values(graphs).flatMap((graph) => graph?.bytes ?? []);
    const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
    for (const _ of ['read', 'remembered']) {
      const told: [number, number][] = [];
      await openBundle(dir, { onProgress: (...progress) => told.push(progress) });
      expect(told).toHaveLength(sizes.length);
      expect(told.at(-1)).toEqual([total, total]);
    }
  });

  it('lets a bundle share graphs with a sibling, but not leave the models folder', async () => {
    const manifest = await writeSampleBundle(dir);
    await writeSampleBundle(join(root, 'common'));
    const file = '../common/mask_prompt.onnx';
    const shared: Manifest = { ...manifest, graphs: { ...manifest.graphs, maskPrompt: { ...manifest.graphs.maskPrompt!, file } } };
    await rewrite(shared);
    expect((await openBundle(dir)).graphFile('maskPrompt')).toBe(join(root, 'common', 'mask_prompt.onnx'));
    expect(await codeOf(openBundle(dir, { modelsRoot: dir }))).toBe('model-corrupt');
  });

  it.each(['/etc/passwd', '../../x.onnx', 'C:/x.onnx', 'a\\b.onnx', './x.onnx', 'a/../../../x.onnx', 'a//b', '', 'x.', 'a./b'])(
    'refuses the graph path %j',
    async (file) => {
      const manifest = await writeSampleBundle(dir);
      await rewrite({ ...manifest, graphs: { ...manifest.graphs, imageEncoder: { ...manifest.graphs.imageEncoder, file } } });
      expect(await codeOf(openBundle(dir))).toBe('model-corrupt');
    },
  );

  it('refuses a graph that is a link out of the models folder', async () => {
    await writeSampleBundle(dir);
    const outside = await mkdtemp(join(tmpdir(), 'outside-'));
    await writeFile(join(outside, 'x.onnx'), 'graph imageEncoder');
    await rm(join(dir, 'image_encoder.onnx'));
    await symlink(join(outside, 'x.onnx'), join(dir, 'image_encoder.onnx'));
    expect(await codeOf(openBundle(dir))).toBe('model-corrupt');
    await rm(outside, { recursive: true });
  });

  it('tells damage, changes and absence apart', async () => {
    await writeSampleBundle(dir);
    const graph = join(dir, 'image_encoder.onnx');
    await writeFile(graph, 'graph imageEncodeX');
    expect(await codeOf(openBundle(dir))).toBe('model-tampered');
    await truncate(graph, 3);
    expect(await codeOf(openBundle(dir))).toBe('model-corrupt');
    await rm(graph);
    expect(await codeOf(openBundle(dir))).toBe('model-missing');
    await mkdir(graph);
    expect(await codeOf(openBundle(dir))).toBe('model-corrupt');
    expect(await codeOf(openBundle(join(root, 'nowhere')))).toBe('model-missing');
  });

  it('sees a change of a file that it checked before', async () => {
    await writeSampleBundle(dir);
    await openBundle(dir);
    await writeFile(join(dir, 'image_encoder.onnx'), 'graph imageEncodeX');
    expect(await codeOf(openBundle(dir))).toBe('model-tampered');
  });

  it('says whether a weight-less bundle is bound to its checkpoint, and checks it', async () => {
    const data = Buffer.from('weights');
    const weights = { kind: 'checkpoint', file: 'w.pt', sha256: sha256(data), bytes: 7, url: null, parameters: {} } as const;
    await writeSampleBundle(dir, {}, weights);
    await writeFile(join(dir, 'w.pt'), data);
    expect(await openBundle(dir)).toMatchObject({ weightsFile: null, needsWeights: true });
    await writeSampleBundle(dir, {}, { ...weights, bound: true });
    expect(await openBundle(dir)).toMatchObject({ weightsFile: join(dir, 'w.pt'), needsWeights: false });
    await writeFile(join(dir, 'w.pt'), 'wEights');
    expect(await codeOf(openBundle(dir))).toBe('model-tampered');
    await rm(join(dir, 'w.pt'));
    expect(await codeOf(openBundle(dir))).toBe('model-missing');
  });

  it('cancels', async () => {
    await writeSampleBundle(dir);
    expect(await codeOf(openBundle(dir, { signal: AbortSignal.abort() }))).toBe('cancelled');
  });

  it.each<[string, (manifest: Manifest) => object | string]>([
    ['an unknown key', (m) => ({ ...m, extra: 1 })],
    ['a missing key', ({ stride: _, ...m }) => m],
    ['a size no buffer can have', (m) => ({ ...m, imageSize: 1e12 })],
    ['an image size that is no multiple of the stride', (m) => ({ ...m, imageSize: 250 })],
    ['a short hash', (m) => ({ ...m, graphs: { ...m.graphs, imageEncoder: { ...m.graphs.imageEncoder, sha256: 'ab' } } })],
    ['another schema version', (m) => ({ ...m, schema: 2 })],
    ['no JSON', () => '{'],
    ['a JSON array', () => []],
  ])('refuses a manifest with %s', async (_, change) => {
    const changed = change(await writeSampleBundle(dir));
    await writeFile(join(dir, 'manifest.json'), typeof changed === 'string' ? changed : JSON.stringify(changed));
    expect(await codeOf(openBundle(dir))).toBe('model-corrupt');
  });
});
