/**
 * Paths of the memory tree that are copies of each other, or share memories: computing what they share once gives the
 * bits that computing each gives.
 */
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBundle } from '../../src/main/engine/model/bundle/bundle.ts';
import { constantsOf, graphPathsOf, OnnxGraphs } from '../../src/main/engine/model/graphs/onnx-graphs.ts';
import { chooseProviders } from '../../src/main/engine/model/runtime/providers.ts';
import type { TrackerConstants } from '../../src/main/engine/tracking/constants.ts';
import { VideoTracker } from '../../src/main/engine/tracking/video-tracker.ts';
import { memorySettingsSchema } from '../../src/shared/memory-settings.ts';
import { nanoVideo, readNanoFrames } from './nano-frames.ts';

let graphs: OnnxGraphs;
let constants: TrackerConstants;
let frames: Uint8Array[];

beforeAll(async () => {
  const bundle = await openBundle(resolve(import.meta.dirname, '../../models/nano/bundle'));
  constants = constantsOf(bundle.manifest);
  frames = await readNanoFrames();
  graphs = await OnnxGraphs.load(graphPathsOf(bundle), constants, chooseProviders('cpu'));
});
afterAll(() => graphs.release());

const track = async (uncertaintyLogit: number, sharesCopies: boolean, batchesPaths: boolean) => {
  const image = (frame: number) => () => frames[frame]!;
  const { width, height } = nanoVideo;
  const memory = memorySettingsSchema.parse({ mode: 'tree', variant: 'exact', uncertaintyLogit });
  const tracker = new VideoTracker(graphs, constants, { width, height, frameCount: frames.length, memory, sharesCopies, batchesPaths });
  await tracker.setPoints(1, 0, { points: [[960, 340]], labels: [1], box: null }, image(0));
  await tracker.encodePending(0, image(0));
  tracker.startPropagation();
  const results = [];
  for (let t = 0; t < frames.length; t++) results.push(...(await tracker.trackFrame(t, false, image(t))));
  const branches = tracker.branches(1).length;
  tracker.dispose();
  return { results, branches };
};

describe('copies of a path', () => {
  it.each([
    ['on a certain clip', 0],
    ['on an uncertain one', 20],
  ])('give the same bits computed once and apart, %s', async (_, uncertaintyLogit) => {
    const shared = await track(uncertaintyLogit, true, false);
    const apart = await track(uncertaintyLogit, false, false);
    expect(shared.results.length).toBe(nanoVideo.frames);
    expect(apart).toEqual(shared);
    expect(shared.branches).toBe(uncertaintyLogit === 0 ? 1 : 3);
  });

  it('give them too where all paths are asked for at once, which share what their common memories give', async () => {
    expect(await track(20, true, true)).toEqual(await track(20, true, false));
  });
});
