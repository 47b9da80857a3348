import { expect, it } from 'vitest';
import type { ModelEntry, ModelsState } from '../../../shared/models.ts';
import { betterModel, speedHere } from './better-model.ts';

const noModels: ModelsState = {
  entries: [],
  active: null,
  loading: null,
  isSwitching: false,
  speeds: [],
  isMeasuring: false,
  proxy: null,
};
const entry = (id: string, imageSizes: number[]) => ({ id, imageSizes }) as ModelEntry;
const entries = [entry('nano', [352]), entry('sam2.1-tiny', [512, 1024]), entry('sam2.1-base-plus', [512, 1024])];
const state = (framesPerSecond: number | null, provider = 'cpu', id = 'nano'): ModelsState => ({
  ...noModels,
  entries,
  active: { id, name: id, imageSize: 352, provider, providerReason: '', advice: null },
  speeds: framesPerSecond === null ? [] : [{ id, imageSize: 352, provider, objects: 1, framesPerSecond, measuredAt: '' }],
});

it('on a CPU the smallest SAM 2.1 would do where the embedded model is fast', () => {
  expect(betterModel(state(9))).toMatchObject({ entry: { id: 'sam2.1-tiny' }, imageSize: 512, ownSpeed: 9 });
  expect(betterModel(state(1))).toBeNull();
  expect(betterModel(state(null))).toBeNull();
});

it('on a GPU a larger one at its full size would do, measured or not', () => {
  expect(betterModel(state(null, 'cuda'))).toMatchObject({ entry: { id: 'sam2.1-base-plus' }, imageSize: 1024, ownSpeed: null });
});

it('is nothing for who uses another model, and where the app comes without it', () => {
  expect(betterModel(state(9, 'cpu', 'sam2.1-small'))).toBeNull();
  expect(betterModel({ ...state(9), entries: [] })).toBeNull();
  expect(betterModel(noModels)).toBeNull();
});

it('the speed of a model here is the newest with one object', () => {
  const speed = (objects: number, framesPerSecond: number) => ({ ...state(1).speeds[0]!, objects, framesPerSecond });
  expect(speedHere({ speeds: [speed(2, 3), speed(1, 6), speed(1, 7)] }, 'nano', 352)).toBe(6);
  expect(speedHere({ speeds: [] }, 'nano', 352)).toBeNull();
});
