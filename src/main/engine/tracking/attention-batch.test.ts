import { expect, it } from 'vitest';
import { type AttentionRequest, packAttention } from './attention-batch.ts';
import type { AttendedMemory } from './memory-bank.ts';
import { testConstants } from './testing/scripted-graphs.ts';

const { featureSize, memoryDim, hiddenDim } = testConstants;
const size = featureSize ** 2 * memoryDim;
const frame = (value: number) => ({ pointer: new Float32Array(hiddenDim), maskMemory: new Float32Array(size).fill(value) });

it('packs a memory once for all that attend to it in the same way', () => {
  const prompt = frame(7);
  const request = (...memories: AttendedMemory[]): AttentionRequest => ({ memories, pointers: [] });
  const packed = packAttention(
    [
      request({ source: prompt, temporalRow: 6, weight: 1.05 }, { source: frame(1), temporalRow: 0 }),
      // Without a weight it is 1.
      request({ source: prompt, temporalRow: 6, weight: 1.05 }, { source: frame(2), temporalRow: 0, weight: 1 }),
      request({ source: prompt, temporalRow: 6 }, { source: prompt, temporalRow: 5, weight: 1.05 }),
    ],
    testConstants,
  );
  expect([...packed.memorySlot].map(Number)).toEqual([0, 1, 0, 2, 3, 4]);
  expect(packed.memory.map((memory) => memory[0])).toEqual([7, 1, 2, 7, 7]);
  expect(packed.memory[0], 'not a copy').toBe(prompt.maskMemory);
  expect([...packed.temporalRow].map(Number)).toEqual([6, 0, 0, 6, 5]);
  expect([...packed.memoryWeight]).toEqual([1.05, 1, 1, 1, 1.05].map(Math.fround));
});
