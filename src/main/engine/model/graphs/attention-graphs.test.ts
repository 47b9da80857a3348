import { resolve } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { packAttention } from '../../tracking/attention-batch.ts';
import { openBundle } from '../bundle/bundle.ts';
import { type Releasable, sessionsOf } from '../runtime/graph-sessions.ts';
import type { Tensors } from '../runtime/tensor-batches.ts';
import { GraphScheduler } from '../scheduler/graph-scheduler.ts';
import { AttentionGraphs } from './attention-graphs.ts';
import { CandidateGraphs } from './candidate-graphs.ts';
import { constantsOf, graphPathsOf } from './onnx-graphs.ts';

const wave = (dims: number[], step: number): Tensor => {
  const length = dims.reduce((product, size) => product * size, 1);
  return new Tensor(
    'float32',
    Float32Array.from({ length }, (_, i) => Math.sin(i * step) + Math.cos(i * i * step)),
    dims,
  );
};

it('gives what it gives one by one where all run together, as on a GPU, but for rounding and memories', async () => {
  const bundle = await openBundle(resolve(import.meta.dirname, '../../../../../models/nano/bundle'));
  const constants = constantsOf(bundle.manifest);
  const { featureSize: h, hiddenDim: c, memoryDim, logitSize: s } = constants;
  const opened: Releasable[] = [];
  const sessions = sessionsOf(graphPathsOf(bundle), 'cpu', 1, (session) => {
    opened.push(session);
    return session;
  });
  const oneByOne = new GraphScheduler(sessions, null, { provider: 'cpu', isSmall: true });
  const inBatches = new GraphScheduler(sessions, null, { provider: 'webgpu', isSmall: true });
  const [near, far] = [0.011, 0.023].map((step) => ({
    pointer: wave([c], step).data as Float32Array,
    maskMemory: wave([h * h, memoryDim], step).data as Float32Array,
  }));
  const pointers = [{ pointer: near!.pointer, position: 0.2 }];
  const memories = (temporalRow: number) => [
    { source: near!, temporalRow: 3 },
    { source: far!, temporalRow },
  ];
  const input = packAttention(
    [0, 1].map((row) => ({ memories: memories(row), pointers })),
    constants,
  );
  const top = wave([1, c, h, h], 0.03);
  const image = await oneByOne.run('imageAttention', { top });
  const fine: Tensors = { s0: wave([1, c / 8, s, s], 0.01), s1: wave([1, c / 4, s / 2, s / 2], 0.02), top };
  const all = async (scheduler: GraphScheduler) => {
    const candidates = new CandidateGraphs(scheduler, new AttentionGraphs(scheduler, constants));
    const said = await candidates.decode(image, input);
    return { said, drawn: await candidates.draw(fine, said, [{ entry: 1, remember: [2] }]) };
  };
  const [single, batch] = [await all(oneByOne), await all(inBatches)];
  const apart = (a: Float32Array, b: Float32Array): number => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
  for (const name of ['ious', 'pointers', 'objectLogit'] as const) {
    expect(batch.said[name].length).toBe(single.said[name].length);
    expect(apart(batch.said[name], single.said[name])).toBeLessThan(1e-3);
  }
  expect(apart(single.said.ious.subarray(0, 4), single.said.ious.subarray(4)), 'the two objects differ').toBeGreaterThan(1e-4);
  expect(apart(batch.drawn[0]!.masks, single.drawn[0]!.masks)).toBeLessThan(1e-3);
  expect(single.drawn[0]!.memories!.map(({ length }) => length)).toEqual([h * h * memoryDim]);
  expect(batch.drawn[0]!.memories, 'a GPU encodes those of all objects in one run').toBeNull();
  for (const session of opened) await session.release();
});
