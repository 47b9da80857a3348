import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttentionRequest, packAttention } from '../../tracking/attention-batch.ts';
import { type DecodeOutput, unprompted } from '../../tracking/graphs.ts';
import type { AttendedMemory } from '../../tracking/memory-bank.ts';
import { openBundle } from '../bundle/bundle.ts';
import { bytesField, textField, varintField } from '../checkpoint/wire.ts';
import { chooseProviders } from '../runtime/providers.ts';
import { concat } from '../runtime/tensor-batches.ts';
import { constantsOf, type GraphPaths, graphPathsOf, OnnxGraphs } from './onnx-graphs.ts';
import { warmUp } from './warm-up.ts';

/** ONNX TensorProto.DataType */
const float16 = 10;

/** A graph that gives back its one input, by hand: y = Identity(x). */
const identityGraph = (type: number): Uint8Array => {
  const shape = bytesField(2, bytesField(1, varintField(1, 2)));
  const value = (name: string): Uint8Array =>
    Buffer.concat([textField(1, name), bytesField(2, bytesField(1, Buffer.concat([varintField(1, type), shape])))]);
  const node = Buffer.concat([textField(1, 'x'), textField(2, 'y'), textField(4, 'Identity')]);
  const graph = Buffer.concat([bytesField(1, node), textField(2, 'g'), bytesField(11, value('x')), bytesField(12, value('y'))]);
  return Buffer.concat([varintField(1, 8), bytesField(7, graph), bytesField(8, varintField(2, 18))]);
};

describe('loading graphs', () => {
  let folder: string;
  let paths: GraphPaths;
  let constants: ReturnType<typeof constantsOf>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sam2-video-graphs-'));
    const bundle = await openBundle(resolve(import.meta.dirname, '../../../../../models/nano/bundle'));
    paths = graphPathsOf(bundle);
    constants = constantsOf(bundle.manifest);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('falls back to the CPU and says why', async () => {
    const graphs = await OnnxGraphs.load(paths, constants, { order: ['dml', 'coreml', 'cpu'], threads: 1, precision: 'full' });
    expect(graphs.provider).toBe('cpu');
    expect(graphs.providerReason).toMatch(/dml is not usable: .+; coreml is not usable: .+/);
    await graphs.release();
  });

  it('says which provider failed last when none can load the graphs', async () => {
    const broken = join(folder, 'broken.onnx');
    await writeFile(broken, 'not a graph');
    await expect(OnnxGraphs.load({ ...paths, maskDecoder: broken }, constants, chooseProviders('cpu', 1))).rejects.toMatchObject({
      code: 'model-corrupt',
      message: expect.stringContaining('cpu is not usable'),
    });
  });

  it('says which graph is broken when it is opened after the model was loaded', async () => {
    const broken = join(folder, 'broken-later.onnx');
    await writeFile(broken, 'not a graph');
    const graphs = await OnnxGraphs.load({ ...paths, memoryEncoder: broken }, constants, chooseProviders('cpu', 1));
    const features = await graphs.encodeImage(new Uint8Array(constants.imageSize ** 2 * 3));
    const input = {
      batch: 1,
      logits: new Float32Array(constants.logitSize ** 2),
      binarize: new Float32Array(1),
      objectLogit: new Float32Array(1),
    };
    await expect(graphs.encodeMemory(features, input)).rejects.toMatchObject({
      code: 'model-corrupt',
      message: expect.stringContaining('memoryEncoder could not be loaded'),
    });
    await graphs.release();
  });

  it('computes although this Node has Float16Array, and refuses graphs that take 16-bit floats', async () => {
    expect(typeof (globalThis as { Float16Array?: unknown }).Float16Array, 'the product runs on Node 24, which has it').toBe('function');
    const graphs = await OnnxGraphs.load(paths, constants, chooseProviders('cpu', 1));
    expect((await warmUp(graphs, constants)).frameMs).toBeGreaterThan(0);
    await graphs.release();

    const half = join(folder, 'half.onnx');
    await writeFile(half, identityGraph(float16));
    await expect(OnnxGraphs.load({ ...paths, maskDecoder: half }, constants, chooseProviders('cpu', 1))).rejects.toMatchObject({
      code: 'model-mismatch',
      message: expect.stringContaining('16-bit'),
    });
  });

  describe('frames without a prompt', () => {
    const wave = (length: number, step: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * step) + Math.cos(i * i * step));
    const apart = (a: Float32Array, b: Float32Array): number => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
    const picture = (): Uint8Array => Uint8Array.from({ length: constants.imageSize ** 2 * 3 }, (_, i) => 128 + 100 * Math.sin(i / 7));
    const request = (memories: AttendedMemory[], step: number): AttentionRequest => ({
      memories,
      pointers: [1, 2].map((at) => ({ pointer: wave(constants.hiddenDim, step * at), position: at / 15, weight: 1.02 })),
    });
    /** Paths that share a memory, and two that differ in nothing but the place of one. */
    const requests = (): AttentionRequest[] => {
      const [first, second, third] = [0.011, 0.023, 0.037].map((step) => ({
        pointer: wave(constants.hiddenDim, step),
        maskMemory: wave(constants.featureSize ** 2 * constants.memoryDim, step),
      }));
      const shared = { source: first!, temporalRow: 3, weight: 1.05 };
      return [
        request([shared, { source: second!, temporalRow: 0, weight: 0.95 }], 0.1),
        request([shared, { source: third!, temporalRow: 0 }], 0.2),
        request([shared, { source: third!, temporalRow: 1 }], 0.2),
      ];
    };
    /** All candidates with all their masks. */
    const decoded = async (graphs: OnnxGraphs, of: readonly AttentionRequest[]): Promise<DecodeOutput> => {
      const features = await graphs.encodeImage(picture());
      const input = packAttention(of, constants);
      const candidates = await graphs.decodeCandidates(features, input);
      if (!candidates) return graphs.decode(features, await graphs.attend(features, input), unprompted(of.length));
      const drawn = await graphs.drawMasks(
        features,
        candidates,
        of.map((_, entry) => ({ entry, remember: [] })),
      );
      return { ...candidates, masks: concat(drawn.map(({ masks }) => masks)) };
    };

    it('are decoded by graphs of their own, to the numbers of those that take prompts', async () => {
      const graphs = await OnnxGraphs.load(paths, constants, chooseProviders('cpu', 1));
      const plain = await OnnxGraphs.load({ ...paths, maskUpscaler: undefined }, constants, chooseProviders('cpu', 1));
      const [got, wanted] = [await decoded(graphs, requests()), await decoded(plain, requests())];
      for (const name of ['masks', 'ious', 'pointers', 'objectLogit'] as const) {
        expect(got[name].length).toBe(wanted[name].length);
        expect(apart(got[name], wanted[name])).toBeLessThan(1e-4);
      }
      await graphs.release();
      await plain.release();
    });

    it('attend to a memory that paths share once, and each gets what it would get alone, to the bit', async () => {
      const graphs = await OnnxGraphs.load(paths, constants, chooseProviders('cpu', 1));
      const { masks } = await decoded(graphs, requests());
      const each = masks.length / 3;
      const alone: Float32Array[] = [];
      for (const one of requests()) alone.push((await decoded(graphs, [one])).masks);
      alone.forEach((own, b) => {
        expect(masks.subarray(b * each, (b + 1) * each)).toEqual(own);
      });
      // They differ among each other, by memory and by its place.
      expect(apart(alone[0]!, alone[1]!)).toBeGreaterThan(0.02);
      expect(apart(alone[1]!, alone[2]!)).toBeGreaterThan(0.002);
      await graphs.release();
    });

    it('give masks and memories in one, to the bits of one after the other, whichever thread has which', async () => {
      for (const usesHelper of [false, true]) {
        const graphs = await OnnxGraphs.load(paths, constants, chooseProviders('cpu', 2), { usesHelper });
        const features = await graphs.encodeImage(picture());
        const candidates = (await graphs.decodeCandidates(features, packAttention(requests(), constants)))!;
        const drawn = await graphs.drawMasks(features, candidates, [
          { entry: 2, remember: [1] },
          { entry: 0, remember: [3, 1, 2] },
          { entry: 1, remember: [] },
        ]);
        const all = await graphs.drawMasks(
          features,
          candidates,
          [0, 1, 2].map((entry) => ({ entry, remember: [] })),
        );
        expect(drawn.map(({ masks }) => masks)).toEqual([2, 0, 1].map((entry) => all[entry]!.masks));
        expect(drawn.map(({ memories }) => memories!.length)).toEqual([1, 3, 0]);
        const { logitSize } = constants;
        for (const [at, entry, token] of [
          [0, 2, 1],
          [1, 0, 3],
        ] as const) {
          const [memory] = await graphs.encodeMemory(features, {
            batch: 1,
            logits: all[entry]!.masks.subarray(token * logitSize ** 2, (token + 1) * logitSize ** 2),
            binarize: new Float32Array(1),
            objectLogit: candidates.objectLogit.subarray(entry, entry + 1),
          });
          expect(drawn[at]!.memories![0]).toEqual(memory);
        }
        await graphs.release();
      }
    });
  });

  it('refuses a provider whose numbers are none', async () => {
    const graphs = await OnnxGraphs.load(paths, constants, chooseProviders('cpu', 1));
    const nonsense = new Proxy(graphs, {
      get: (target, name) => {
        if (name === 'encodeMemory') {
          return async (...args: Parameters<OnnxGraphs['encodeMemory']>) =>
            (await target.encodeMemory(...args)).map((memory) => memory.fill(Number.NaN));
        }
        const value = Reflect.get(target, name) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    await expect(warmUp(nonsense, constants)).rejects.toMatchObject({ code: 'inference-failed' });
    await graphs.release();
  });
});
