import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { AttendInput } from '../tracking/graphs.ts';
import { testConstants } from '../tracking/testing/scripted-graphs.ts';
import { attendFeeds, dealtOut, someOf } from './batch-parts.ts';

const { featureSize, memoryDim, hiddenDim } = testConstants;
const size = featureSize ** 2 * memoryDim;

/** Memory n is full of n, its weight n / 10; pointers of object b are b. */
const inputOf = (slots: number[][]): AttendInput => {
  const batch = slots.length;
  const memoryCount = Math.max(...slots.flat()) + 1;
  return {
    batch,
    memoryCount,
    memory: Float32Array.from({ length: memoryCount * size }, (_, i) => Math.floor(i / size)),
    temporalRow: BigInt64Array.from({ length: memoryCount }, (_, i) => BigInt(i % 7)),
    memoryWeight: Float32Array.from({ length: memoryCount }, (_, i) => i / 10),
    memories: slots[0]!.length,
    memorySlot: BigInt64Array.from(slots.flat(), BigInt),
    pointerCount: 1,
    pointers: Float32Array.from({ length: batch * hiddenDim }, (_, i) => Math.floor(i / hiddenDim)),
    pointerPosition: new Float32Array(batch),
    pointerWeight: new Float32Array(batch).fill(1),
  };
};

/** Which memories each object attends to, read from the values. */
const seen = ({ batch, memories, memory, memorySlot, memoryWeight }: AttendInput): number[][] =>
  Array.from({ length: batch }, (_, b) =>
    Array.from({ length: memories }, (_, m) => {
      const slot = Number(memorySlot[b * memories + m]);
      expect(memoryWeight[slot]).toBeCloseTo(memory[slot * size]! / 10);
      return memory[slot * size]!;
    }),
  );

describe('some objects of a batch', () => {
  const slots = [
    [0, 1],
    [0, 2],
    [2, 3],
    [4, 5],
  ];
  it.each([
    [0, 2, 3],
    [2, 4, 4],
    [1, 3, 3],
    [3, 4, 2],
  ])('%i to %i attend to what they did, and bring no other memory', (from, to, count) => {
    const some = someOf(inputOf(slots), from, to);
    expect(seen(some)).toEqual(slots.slice(from, to));
    expect(some.memoryCount).toBe(count);
    expect(some.memory.length).toBe(count * size);
    expect([...new Set(some.pointers)]).toEqual([...slots.keys()].slice(from, to));
  });
});

it('deals out half of the objects where these share no memory with the others, more where they do, and none where all share', () => {
  expect(dealtOut(inputOf([[0]]))).toBe(1);
  expect(dealtOut(inputOf([[0], [1], [2], [3]]))).toBe(2);
  expect(dealtOut(inputOf([[0], [1], [2]]))).toBe(2);
  // Two trees of three paths and of one.
  expect(dealtOut(inputOf([[0], [0], [0], [1]]))).toBe(3);
  const tree = [
    [0, 1],
    [0, 2],
    [0, 3],
  ];
  expect(dealtOut(inputOf(tree))).toBe(3);
});

describe('feeds of the attention graph', () => {
  const input = inputOf([
    [0, 1],
    [0, 2],
  ]);

  it('are memories for each object, where the graph shares none', () => {
    const { memory, memory_tpos, memory_weight, memory_slot } = attendFeeds({ top: new Tensor('float32', [1], [1]) }, input, testConstants);
    expect(memory!.dims).toEqual([2, 2, featureSize ** 2, memoryDim]);
    expect([0, 1, 2, 3].map((at) => memory!.data[at * size])).toEqual([0, 1, 0, 2]);
    expect([...(memory_tpos!.data as BigInt64Array)].map(Number)).toEqual([0, 1, 0, 2]);
    expect([...(memory_weight!.data as Float32Array)]).toEqual([0, 0.1, 0, 0.2].map(Math.fround));
    expect(memory_slot).toBeUndefined();
  });

  it('are each memory once and its slots, where it does', () => {
    const image = { tokens: new Tensor('float32', [1], [1]), queries: new Tensor('float32', [1], [1]) };
    const { memory, memory_slot } = attendFeeds(image, input, testConstants);
    expect(memory!.dims).toEqual([3, featureSize ** 2, memoryDim]);
    expect(memory_slot!.dims).toEqual([2, 2]);
  });
});
