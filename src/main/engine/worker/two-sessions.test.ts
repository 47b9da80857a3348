/**
 * Two clips that are tracked at once by the embedded model, in the real worker: each gets exactly the masks it gets
 * alone.
 */
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultMemorySettings } from '../../../shared/memory-settings.ts';
import type { RpcPeer } from '../../common/rpc.ts';
import { openBundle } from '../model/bundle/bundle.ts';
import { graphPathsOf } from '../model/graphs/onnx-graphs.ts';
import { chooseProviders } from '../model/runtime/providers.ts';
import { InferenceClient } from './inference-client.ts';
import type { WorkerMethods } from './inference-worker.ts';

const bundleDir = resolve(import.meta.dirname, '../../../../models/nano/bundle');
const frameCount = 6;

let client: InferenceClient;
let worker: RpcPeer<WorkerMethods>;
let size: number;

beforeAll(async () => {
  const bundle = await openBundle(bundleDir);
  size = bundle.manifest.imageSize;
  client = new InferenceClient((error) => {
    throw error;
  });
  worker = client.peer;
  await worker.call('load', { manifest: bundle.manifest, paths: graphPathsOf(bundle), choice: chooseProviders('cpu', 2) });
});
afterAll(() => client.terminate());

/** A bright disc that wanders over a texture, otherwise in each clip. */
const picture = (clip: number, frame: number): Uint8Array =>
  Uint8Array.from({ length: size * size * 3 }, (_, i) => {
    const x = Math.floor(i / 3) % size;
    const y = Math.floor(i / 3 / size);
    const isDisc = Math.hypot(x - size / 3 - 4 * frame, y - size / 2 + 10 * clip) < size / 6;
    return isDisc ? 230 - (i % 3) * 40 : 90 + 40 * Math.sin(x / (9 + clip)) * Math.cos(y / 7 + (i % 3));
  });

/** Logits of every object on every frame, with three frames under way as in a run of the engine. */
const track = async (sessionId: string, clip: number, objects: number): Promise<Float32Array[]> => {
  await worker.call('openSession', { sessionId, width: size, height: size, frameCount });
  const objectIds = Array.from({ length: objects }, (_, index) => index + 1);
  const told: Float32Array[] = [];
  for (const objectId of objectIds) {
    const image = picture(clip, 0);
    const prompt = { points: [[(size / 3) * (0.9 + 0.1 * objectId), size / 2 - 10 * clip] as [number, number]], labels: [1], box: null };
    const input = { sessionId, objectId, frame: 0, prompt, image, prior: null, candidate: null };
    told.push((await worker.call('setPoints', input)).result.logits);
  }
  await worker.call('encodePending', { sessionId, frame: 0 });
  await worker.call('startPropagation', { sessionId, memory: defaultMemorySettings });
  const underWay: Promise<Float32Array[]>[] = [];
  for (let frame = 1; frame < frameCount; frame++) {
    const answer = worker.call('trackFrame', { sessionId, frame, reverse: false, image: picture(clip, frame), objectIds });
    underWay.push(answer.then(({ results }) => results.map(({ logits }) => logits)));
    if (underWay.length >= 3) told.push(...(await underWay.shift()!));
  }
  for (const last of underWay) told.push(...(await last));
  await worker.call('closeSession', { sessionId });
  return told;
};

it('are tracked bit for bit as alone', async () => {
  const alone = [await track('one', 0, 1), await track('other', 1, 3)];
  expect(alone.map(({ length }) => length)).toEqual([frameCount, 3 * frameCount]);
  const together = await Promise.all([track('one', 0, 1), track('other', 1, 3)]);
  expect(together).toEqual(alone);
});
