import { resolve } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppError } from '../../../../shared/errors.ts';
import { openBundle } from '../bundle/bundle.ts';
import { graphPathsOf } from '../graphs/onnx-graphs.ts';
import { type Releasable, type Sessions, sessionsOf } from '../runtime/graph-sessions.ts';
import type { Tensors } from '../runtime/tensor-batches.ts';
import { GraphScheduler, type SchedulerMeans } from './graph-scheduler.ts';
import type { HelperThread } from './helper-thread.ts';
import { SharedCursor } from './shared-cursor.ts';

/** Memories that this thread reads in any case, and some more. */
const count = 20;
const [tokens, dim, memoryDim] = [484, 128, 64];
const opened: Releasable[] = [];
let sessions: Sessions;

beforeAll(async () => {
  const bundle = await openBundle(resolve(import.meta.dirname, '../../../../../models/nano/bundle'));
  sessions = sessionsOf(graphPathsOf(bundle), 'cpu', 1, (session) => {
    opened.push(session);
    return session;
  });
});
afterAll(async () => {
  for (const session of opened) await session.release();
});

const wave = (dims: number[], step: number): Tensor =>
  new Tensor(
    'float32',
    Float32Array.from({ length: dims.reduce((product, size) => product * size, 1) }, (_, i) => Math.sin(i * step)),
    dims,
  );
const queries = { queries: wave([1, tokens, dim], 0.3) };
const memories = Array.from({ length: count }, (_, at) => ({
  memory: wave([1, tokens, memoryDim], 0.01 + at / 999),
  memory_tpos: new Tensor('int64', BigInt64Array.of(BigInt(at % 4)), [1]),
  memory_weight: new Tensor('float32', [1], [1]),
}));
const roomFor = (): Tensors[] =>
  memories.map(() => ({
    means: new Tensor('float32', new Float32Array(tokens * memoryDim), [1, tokens, memoryDim]),
    sums: new Tensor('float32', new Float32Array(tokens), [1, tokens]),
  }));
const valuesOf = (room: Tensors[]) => room.map(({ means, sums }) => ({ means: means!.data, sums: sums!.data }));

const means: SchedulerMeans = { provider: 'cpu', isSmall: true };

/** A helper that takes as many as it may, before this thread can take any of them. */
const greedy = (taken: number[]): HelperThread => {
  const own = new GraphScheduler(sessions, null, means);
  const take: HelperThread['take'] = async (work, feeds, each, { cursor: cell, most }) => {
    const cursor = new SharedCursor(cell);
    const indices = Array.from({ length: Math.min(most, each.length) }, () => cursor.take());
    const done = [];
    for (const index of indices) {
      const [outputs] = await own.runForEach(work, feeds, [each[index]!]);
      done.push({ index, outputs: outputs! });
    }
    taken.push(...indices);
    return { done, times: [] };
  };
  return { take } as HelperThread;
};

it('writes what either thread did to its place', async () => {
  const alone = roomFor();
  await new GraphScheduler(sessions, null, means).runForEach('memoryReader', queries, memories, alone);
  const taken: number[] = [];
  const both = roomFor();
  await new GraphScheduler(sessions, greedy(taken), means).runForEach('memoryReader', queries, memories, both);
  // Counted from the first that is not this thread's in any case.
  expect(taken).toEqual([0, 1, 2, 3]);
  expect(valuesOf(both)).toEqual(valuesOf(alone));
  expect(valuesOf(both)[19]).not.toEqual(valuesOf(both)[18]);
});

it('leaves nothing to the helper when a run fails here', async () => {
  let counter: Int32Array | null = null;
  const helper = {
    take: async (_work, _feeds, _each, { cursor }) => {
      counter = cursor;
      return { done: [], times: [] };
    },
  } as Pick<HelperThread, 'take'> as HelperThread;
  const broken = memories.map((own, at) => (at === 17 ? { ...own, memory: wave([1, 3], 1) } : own));
  const failed = new GraphScheduler(sessions, helper, means).runForEach('memoryReader', queries, broken);
  await expect(failed).rejects.toBeInstanceOf(AppError);
  await expect(failed).rejects.toMatchObject({ code: 'inference-failed', message: expect.stringContaining('memoryReader') });
  expect(counter![0]).toBeGreaterThanOrEqual(count);
});
