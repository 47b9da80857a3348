import { expect, it } from 'vitest';
import type { AttendInput } from '../../tracking/graphs.ts';
import { testConstants } from '../../tracking/testing/scripted-graphs.ts';
import { memoryFeeds, ownMemoryFeeds, pointerFeeds } from './attention-feeds.ts';

const { featureSize, memoryDim, hiddenDim } = testConstants;
const size = featureSize ** 2 * memoryDim;

/** Two objects that share the first of three memories. Memory n is full of n, its weight is n / 10. */
const input: AttendInput = {
  batch: 2,
  memory: [0, 1, 2].map((value) => new Float32Array(size).fill(value)),
  temporalRow: BigInt64Array.of(6n, 0n, 1n),
  memoryWeight: Float32Array.of(0, 0.1, 0.2),
  memories: 2,
  memorySlot: BigInt64Array.of(0n, 1n, 0n, 2n),
  pointerCount: 1,
  pointers: Float32Array.from({ length: 2 * hiddenDim }, (_, i) => Math.floor(i / hiddenDim)),
  pointerPosition: Float32Array.of(0.5, 1),
  pointerWeight: Float32Array.of(1, 1),
};

it('gives each memory once, as it is held', () => {
  const feeds = memoryFeeds(input, testConstants);
  expect(feeds.map(({ memory }) => memory!.data)).toEqual(input.memory);
  expect(feeds[1]!.memory!.data, 'not a copy').toBe(input.memory[1]);
  expect(feeds.map(({ memory_tpos }) => (memory_tpos!.data as BigInt64Array)[0])).toEqual([6n, 0n, 1n]);
  expect(feeds.map(({ memory_weight }) => (memory_weight!.data as Float32Array)[0])).toEqual([0, 0.1, 0.2].map(Math.fround));
  expect(feeds[0]!.memory!.dims).toEqual([1, featureSize ** 2, memoryDim]);
});

it('gives each object its own, where the graph shares none', () => {
  const { memory, memory_tpos, memory_weight } = ownMemoryFeeds(input, testConstants);
  expect(memory!.dims).toEqual([2, 2, featureSize ** 2, memoryDim]);
  expect([0, 1, 2, 3].map((at) => (memory!.data as Float32Array)[at * size])).toEqual([0, 1, 0, 2]);
  expect(memory_tpos!.data).toEqual(BigInt64Array.of(6n, 0n, 6n, 1n));
  expect(memory_weight!.data).toEqual(Float32Array.of(0, 0.1, 0, 0.2));
});

it('gives pointers as they are', () => {
  const { pointers, pointer_pos, pointer_weight } = pointerFeeds(input, testConstants);
  expect([pointers!.dims, pointer_pos!.dims, pointer_weight!.dims]).toEqual([
    [2, 1, hiddenDim],
    [2, 1],
    [2, 1],
  ]);
});
