import { expect, it } from 'vitest';
import { decodeFrames } from '../../src/main/engine/media/decode.ts';
import { differencesFromPil, isNearPil } from './model-frames.ts';

it("gives a model the frame that PIL's bicubic gives the official predictor, within a bound, at every size", async () => {
  const differences = await differencesFromPil(decodeFrames);
  expect(differences.map(({ size }) => size)).toEqual([128, 352, 1024]);
  expect(differences.filter((each) => !isNearPil(each))).toEqual([]);
});
