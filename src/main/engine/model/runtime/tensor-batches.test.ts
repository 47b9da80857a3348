import { Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { batchOf, concat, stack, unstack } from './tensor-batches.ts';

const floats = (...values: number[]): Float32Array => Float32Array.from(values);

it('takes a batch apart without copying it, and puts it together again', () => {
  const whole = {
    pix: new Tensor('float32', floats(1, 2, 3, 4, 5, 6), [3, 1, 2]),
    slot: new Tensor('int64', BigInt64Array.of(7n, 8n, 9n), [3]),
  };
  const objects = unstack(whole);
  expect(objects.map(({ pix }) => [...(pix!.data as Float32Array)])).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  expect(objects[1]!.pix!.dims).toEqual([1, 1, 2]);
  expect(objects[2]!.slot!.data).toEqual(BigInt64Array.of(9n));
  expect((objects[1]!.pix!.data as Float32Array).buffer).toBe((whole.pix.data as Float32Array).buffer);
  const again = stack(objects);
  for (const name of ['pix', 'slot'] as const) {
    expect(again[name]!.dims).toEqual(whole[name].dims);
    expect(again[name]!.type).toBe(whole[name].type);
    expect(again[name]!.data).toEqual(whole[name].data);
    expect((again[name]!.data as Float32Array).buffer, 'nothing was copied').toBe((whole[name].data as Float32Array).buffer);
  }
});

it('joins what lies elsewhere, or in another order', () => {
  const [first, second] = unstack({ pix: new Tensor('float32', floats(1, 2, 3, 4), [2, 2]) });
  expect(batchOf([second!.pix!, first!.pix!]).data).toEqual(floats(3, 4, 1, 2));
  expect(batchOf([first!.pix!, new Tensor('float32', floats(8, 9), [1, 2])]).data).toEqual(floats(1, 2, 8, 9));
  expect(concat([BigInt64Array.of(1n), BigInt64Array.of(2n, 3n)])).toEqual(BigInt64Array.of(1n, 2n, 3n));
});

it('keeps objects of which there is nothing of a kind, as pointers on the second frame of a clip', () => {
  const objects = unstack({ pointers: new Tensor('float32', floats(), [2, 0, 4]) });
  expect(objects.map(({ pointers }) => pointers!.dims)).toEqual([
    [1, 0, 4],
    [1, 0, 4],
  ]);
});
