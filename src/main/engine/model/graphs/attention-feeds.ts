/** What the graphs of the memory attention take (models/README.md). */
import { Tensor } from 'onnxruntime-node';
import type { TrackerConstants } from '../../tracking/constants.ts';
import type { AttendInput } from '../../tracking/graphs.ts';
import { concat, type Tensors } from '../runtime/tensor-batches.ts';

/** Each memory by itself, whoever attends to it. */
export const memoryFeeds = ({ memory, temporalRow, memoryWeight }: AttendInput, { featureSize, memoryDim }: TrackerConstants): Tensors[] =>
  memory.map((own, slot) => ({
    memory: new Tensor('float32', own, [1, featureSize * featureSize, memoryDim]),
    memory_tpos: new Tensor('int64', temporalRow.subarray(slot, slot + 1), [1]),
    memory_weight: new Tensor('float32', memoryWeight.subarray(slot, slot + 1), [1]),
  }));

/** The memories of each object, those that several attend to as often. */
export const ownMemoryFeeds = (input: AttendInput, { featureSize, memoryDim }: TrackerConstants): Tensors => {
  const { batch, memories } = input;
  const slots = [...input.memorySlot].map(Number);
  const shape = [batch, memories];
  return {
    memory: new Tensor('float32', concat(slots.map((slot) => input.memory[slot]!)), [...shape, featureSize * featureSize, memoryDim]),
    memory_tpos: new Tensor(
      'int64',
      BigInt64Array.from(slots, (slot) => input.temporalRow[slot]!),
      shape,
    ),
    memory_weight: new Tensor(
      'float32',
      Float32Array.from(slots, (slot) => input.memoryWeight[slot]!),
      shape,
    ),
  };
};

export const pointerFeeds = (input: AttendInput, { hiddenDim }: TrackerConstants): Tensors => {
  const { batch, pointerCount } = input;
  return {
    pointers: new Tensor('float32', input.pointers, [batch, pointerCount, hiddenDim]),
    pointer_pos: new Tensor('float32', input.pointerPosition, [batch, pointerCount]),
    pointer_weight: new Tensor('float32', input.pointerWeight, [batch, pointerCount]),
  };
};
