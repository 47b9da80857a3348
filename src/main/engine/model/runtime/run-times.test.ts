import { expect, it } from 'vitest';
import { RunTimes } from './run-times.ts';

it('adds up each graph, and counts time in which several ran once', () => {
  const times = new RunTimes();
  times.add('memoryAttention', 100, 110);
  times.add('maskDecoder', 112, 120);
  times.add('imageEncoder', 105, 118);
  expect(times.take()).toEqual({ imageEncoder: 13, memoryAttention: 10, maskDecoder: 8, memoryEncoder: 0, inside: 20 });
  // Told after the frame it began in: what was counted then is not counted again.
  times.add('imageEncoder', 115, 125);
  expect(times.take()).toMatchObject({ imageEncoder: 10, inside: 5 });
  expect(times.take()).toMatchObject({ imageEncoder: 0, inside: 0 });
});
