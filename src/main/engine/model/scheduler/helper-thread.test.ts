import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { defaultMemorySettings, memorySettingsSchema } from '../../../../shared/memory-settings.ts';
import { testConstants } from '../../tracking/testing/scripted-graphs.ts';
import type { ObjectFrameResult } from '../../tracking/tracker-core.ts';
import { VideoTracker } from '../../tracking/video-tracker.ts';
import { openBundle } from '../bundle/bundle.ts';
import { constantsOf, type GraphPaths, graphPathsOf, OnnxGraphs } from '../graphs/onnx-graphs.ts';
import { chooseProviders } from '../runtime/providers.ts';
import { HelperThread, planThreads } from './helper-thread.ts';
import { SharedCursor } from './shared-cursor.ts';

it('shares the cores between the two threads where kernels are small, and gives both all where they are large', () => {
  const nano = { ...testConstants, featureSize: 20, hiddenDim: 128 };
  const tiny = { ...testConstants, featureSize: 32, hiddenDim: 256 };
  expect(planThreads(1, nano)).toBeNull();
  expect(planThreads(2, nano)).toEqual({ own: 1, helper: 1 });
  expect(planThreads(5, nano)).toEqual({ own: 3, helper: 2 });
  expect(planThreads(4, tiny)).toEqual({ own: 4, helper: 4 });
});

describe('two threads', () => {
  let folder: string;
  let paths: GraphPaths;
  let constants: ReturnType<typeof constantsOf>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sam2-video-helper-'));
    const bundle = await openBundle(resolve(import.meta.dirname, '../../../../../models/nano/bundle'));
    paths = graphPathsOf(bundle);
    constants = constantsOf(bundle.manifest);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const frameCount = 7;
  type Frame = Pick<ObjectFrameResult, 'logits' | 'objectLogit' | 'predictedIou'>;
  /** A bright disc that wanders over a texture. */
  const picture = (frame: number): Uint8Array => {
    const size = constants.imageSize;
    return Uint8Array.from({ length: size * size * 3 }, (_, i) => {
      const x = Math.floor(i / 3) % size;
      const y = Math.floor(i / 3 / size);
      const isDisc = Math.hypot(x - size / 3 - 4 * frame, y - size / 2) < size / 6;
      return isDisc ? 230 - (i % 3) * 40 : 90 + 40 * Math.sin(x / 9) * Math.cos(y / 7 + (i % 3));
    });
  };

  /** Everything that objects give forward, on a correction, and backward. */
  const track = async ({ usesHelper = true, looksAhead = true, several = false, memory = defaultMemorySettings }): Promise<Frame[]> => {
    const graphs = await OnnxGraphs.load(paths, constants, chooseProviders('cpu', 2), { usesHelper });
    const size = constants.imageSize;
    const tracker = new VideoTracker(graphs, constants, { width: size, height: size, frameCount, memory });
    const told: Frame[] = [];
    const run = async (from: number, to: number): Promise<void> => {
      tracker.startPropagation();
      const step = from <= to ? 1 : -1;
      for (let t = from; t !== to + step; t += step) {
        const tracked = tracker.trackFrame(t, step < 0, () => picture(t));
        const ahead = [t + step, t + 2 * step].filter((frame) => (to - frame) * step >= 0);
        if (looksAhead && t !== to) tracker.lookAhead(ahead.map((frame) => ({ frame, image: picture(frame) })));
        told.push(...(await tracked).map(({ logits, objectLogit, predictedIou }) => ({ logits, objectLogit, predictedIou })));
      }
    };
    const click = async (id: number, frame: number, x: number): Promise<void> => {
      const prompt = { points: [[size * x, size / 2]] as [number, number][], labels: [1], box: null };
      const { logits, objectLogit, predictedIou } = await tracker.setPoints(id, frame, prompt, () => picture(frame));
      told.push({ logits, objectLogit, predictedIou });
      await tracker.encodePending(frame, () => picture(frame));
    };
    await click(1, 0, 0.33);
    await run(0, 3);
    if (several) for (const id of [2, 3, 4]) await click(id, 0, 0.2 * id);
    await run(0, frameCount - 1);
    await click(1, 4, 0.5);
    await run(frameCount - 1, 2);
    const timings = graphs.takeTimings();
    tracker.dispose();
    await graphs.release();
    expect(timings.imageEncoder).toBeGreaterThan(0);
    return told;
  };

  /** One thread's graphs have all cores, and sums that are shared out differently round differently. */
  const expectEqualButForRounding = (told: Frame[], other: Frame[]): void => {
    expect(told.length).toBe(other.length);
    told.forEach(({ logits, objectLogit, predictedIou }, index) => {
      expect(objectLogit).toBeCloseTo(other[index]!.objectLogit, 2);
      expect(predictedIou).toBeCloseTo(other[index]!.predictedIou, 2);
      const differing = logits.filter((logit, i) => logit > 0 !== other[index]!.logits[i]! > 0).length;
      expect(differing / logits.length).toBeLessThan(0.002);
    });
  };

  it('give the same bits whether or not images are encoded ahead, and what one thread gives but for rounding: forward, corrected and backward', async () => {
    const ahead = await track({});
    expect(ahead).toEqual(await track({ looksAhead: false }));
    expectEqualButForRounding(ahead, await track({ usesHelper: false }));
  }, 60_000);

  it('do so with several objects', async () => {
    const ahead = await track({ several: true });
    expect(ahead).toEqual(await track({ several: true, looksAhead: false }));
    expectEqualButForRounding(ahead, await track({ several: true, usesHelper: false }));
  }, 60_000);

  it('do so with the paths of a tree', async () => {
    const memory = memorySettingsSchema.parse({ mode: 'tree', variant: 'exact', uncertaintyLogit: 20 });
    const ahead = await track({ memory });
    expect(ahead).toEqual(await track({ memory, looksAhead: false }));
  }, 60_000);

  /** The memory of one mask. */
  const takeOne = async (helper: HelperThread, feeds: Record<string, Tensor>) => {
    const { cell: cursor } = new SharedCursor();
    const { done } = await helper.take('memoryEncoder', feeds, [{}], { cursor, most: 1 });
    return done[0]!.outputs.memory!.data;
  };

  it('take objects that nobody has begun with, each once', async () => {
    const helper = await new HelperThread().open(paths, 1);
    const { featureSize, logitSize, hiddenDim } = constants;
    const image = { top: new Tensor('float32', new Float32Array(featureSize ** 2 * hiddenDim), [1, hiddenDim, featureSize, featureSize]) };
    const each = [-4, 0, 4].map((logit) => ({
      logits: new Tensor('float32', new Float32Array(logitSize ** 2).fill(logit), [1, 1, logitSize, logitSize]),
      binarize: new Tensor('float32', [0], [1]),
      object_logit: new Tensor('float32', [1], [1]),
    }));
    const { cell: cursor } = new SharedCursor();
    // The other thread has begun with the first.
    cursor[0] = 1;
    const { done, times } = await helper.take('memoryEncoder', image, each, { cursor, most: 3 });
    expect(done.map(({ index }) => index)).toEqual([1, 2]);
    expect(times.length).toBe(2);
    const alone = await takeOne(helper, { ...image, ...each[2]! });
    expect(done[1]!.outputs.memory!.data).toEqual(alone);
    expect(done[0]!.outputs.memory!.data).not.toEqual(alone);
    expect((await helper.take('memoryEncoder', image, each, { cursor, most: 3 })).done).toEqual([]);
    cursor[0] = 0;
    const some = await helper.take('memoryEncoder', image, each, { cursor, most: 1 });
    expect(some.done.map(({ index }) => index)).toEqual([0]);
    expect(cursor[0], 'the others are left').toBe(1);
    await helper.release();
  });

  it('keep the features of the last images for the runs that come for them, and are sent those of older ones', async () => {
    const helper = await new HelperThread().open(paths, 1);
    const { imageSize: size, logitSize } = constants;
    const encode = (frame: number) => helper.encode({ image: new Tensor('uint8', picture(frame), [1, size, size, 3]) }, true);
    const { outputs, forAttention } = await encode(0);
    expect(Object.keys(forAttention!)).toEqual(['tokens', 'queries']);
    const remember = (top: Tensor) =>
      takeOne(helper, {
        top,
        logits: new Tensor('float32', new Float32Array(logitSize ** 2).fill(1), [1, 1, logitSize, logitSize]),
        binarize: new Tensor('float32', [0], [1]),
        object_logit: new Tensor('float32', [1], [1]),
      });
    const { top } = outputs;
    // Told apart from a copy of the same values by nothing but how it reaches the helper.
    const copy = new Tensor('float32', (top!.data as Float32Array).slice(), top!.dims);
    const wanted = await remember(copy);
    expect(await remember(top!)).toEqual(wanted);
    for (let frame = 1; frame <= 5; frame++) void encode(frame);
    // The helper will have forgotten them when it comes to this.
    expect(await remember(top!)).toEqual(wanted);
    await helper.release();
  });

  it('take the thread that waits, or end it', async () => {
    for (const [threads, isTaken] of [
      [2, true],
      [1, false],
    ] as const) {
      const idleHelper = new HelperThread();
      const ended = vi.spyOn(idleHelper, 'release');
      const graphs = await OnnxGraphs.load(paths, constants, chooseProviders('cpu', threads), { usesHelper: true, idleHelper });
      expect(ended).toHaveBeenCalledTimes(isTaken ? 0 : 1);
      await graphs.release();
      expect(ended).toHaveBeenCalledTimes(1);
    }
  });

  it('say which graph can not be loaded, and leave nothing running', async () => {
    const broken = join(folder, 'broken.onnx');
    await writeFile(broken, 'not a graph');
    await expect(
      OnnxGraphs.load({ ...paths, imageEncoder: broken }, constants, chooseProviders('cpu', 2), { usesHelper: true }),
    ).rejects.toMatchObject({ code: 'model-corrupt', message: expect.stringContaining('cpu is not usable') });
  });

  it('tell what stopped a run, and go on', async () => {
    // Another graph in the encoder's place, which lacks its inputs.
    const wrong = { ...paths, imageEncoder: paths.memoryEncoder };
    const graphs = await OnnxGraphs.load(wrong, constants, chooseProviders('cpu', 2), { usesHelper: true });
    for (let i = 0; i < 2; i++) {
      await expect(graphs.encodeImage(picture(0))).rejects.toMatchObject({
        code: 'inference-failed',
        message: expect.stringContaining('imageEncoder'),
      });
    }
    await graphs.release();
  });
});
