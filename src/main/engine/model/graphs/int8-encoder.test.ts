import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureLoss } from '../../pipeline/measure-loss.ts';
import { openBundle } from '../bundle/bundle.ts';
import { chooseProviders } from '../runtime/providers.ts';
import { constantsOf, type GraphPaths, graphPathsOf, OnnxGraphs } from './onnx-graphs.ts';

const root = resolve(import.meta.dirname, '../../../../..');
const nano = join(root, 'models/nano/bundle');

describe('the image encoder in int8', () => {
  let folder: string;
  let paths: GraphPaths;
  let constants: ReturnType<typeof constantsOf>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sam2-video-int8-encoder-'));
    const bundle = await openBundle(nano);
    paths = graphPathsOf(bundle);
    constants = constantsOf(bundle.manifest);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** What the encoder gives of a fixed picture, and which one gave it. */
  const encoded = async (
    precision: 'fast' | 'full',
    { from = paths, threads = 1, usesHelper = false }: { from?: GraphPaths; threads?: number; usesHelper?: boolean } = {},
  ) => {
    const graphs = await OnnxGraphs.load(from, constants, chooseProviders('cpu', threads, precision), { usesHelper });
    const { encoderPrecision, provider, providerReason } = graphs;
    const picture = Uint8Array.from({ length: constants.imageSize ** 2 * 3 }, (_, i) => 128 + 100 * Math.sin(i / 700) * Math.cos(i / 9));
    const features = await graphs.encodeImage(picture);
    const { data } = (graphs.rawFeatures(features) as unknown as { pix: { data: Float32Array } }).pix;
    const top = data.slice();
    await graphs.release();
    return { encoderPrecision, provider, providerReason, top };
  };

  it('finds nearly the masks of that in fp32 in a decoded clip', async () => {
    const loss = await measureLoss(nano, nano, {
      clip: join(root, 'tests/fixtures/cartoon/sample.mp4'),
      frame: 60,
      frames: 8,
      points: [{ x: 480, y: 360, label: 1 }],
    });
    expect(loss.frames).toBe(9);
    expect(loss.meanIou).toBeGreaterThan(0.9);
    expect(loss.leastIou).toBeGreaterThan(0.85);
    // Other numbers, so both were at work.
    expect(loss.meanIou).toBeLessThan(1);
  });

  it.each([false, true])('is taken where speed is wanted, and told; with a helper: %s', async (usesHelper) => {
    const told = await encoded('fast', { threads: 2, usesHelper });
    expect(told).toMatchObject({ provider: 'cpu', encoderPrecision: 'int8', providerReason: expect.stringContaining('int8') });
  });

  it.each([false, true])('is never opened where full precision is chosen; with a helper: %s', async (usesHelper) => {
    const absent = { ...paths, imageEncoderInt8: join(folder, 'not-there.onnx') };
    const full = await encoded('full', { from: absent, threads: 2, usesHelper });
    expect(full).toMatchObject({ encoderPrecision: 'fp32', providerReason: expect.stringContaining('as full precision is chosen') });
    const without = { ...paths, imageEncoderInt8: undefined };
    expect(full.top).toEqual((await encoded('full', { from: without, threads: 2, usesHelper })).top);
    expect(full.top).not.toEqual((await encoded('fast', { threads: 2, usesHelper })).top);
  });

  it('is not missed by a model that has none', async () => {
    const without = { ...paths, imageEncoderInt8: undefined };
    const fast = await encoded('fast', { from: without });
    expect(fast).toMatchObject({ encoderPrecision: 'fp32', providerReason: 'the best one available on this machine' });
    expect(fast.top).toEqual((await encoded('full', { from: without })).top);
  });

  it.each([false, true])('gives way to that in fp32 when it can not be loaded, and says why; with a helper: %s', async (usesHelper) => {
    const broken = join(folder, 'broken.onnx');
    await writeFile(broken, 'not a graph');
    const told = await encoded('fast', { from: { ...paths, imageEncoderInt8: broken }, threads: 2, usesHelper });
    expect(told).toMatchObject({ provider: 'cpu', encoderPrecision: 'fp32' });
    expect(told.providerReason).toMatch(/^int8 is not usable: .+; images are encoded in fp32$/);
    expect(told.top).toEqual((await encoded('full', { threads: 2, usesHelper })).top);
  });

  it('is of the CPU alone, and taken by it when another provider gave way', async () => {
    const graphs = await OnnxGraphs.load(paths, constants, { order: ['dml', 'cpu'], threads: 1, precision: 'fast' });
    expect(graphs.encoderPrecision).toBe('int8');
    expect(graphs.providerReason).toMatch(/^dml is not usable: .+; images are encoded in int8$/);
    await graphs.release();
  });
});
