import { expect, it } from 'vitest';
import { smallerThan } from './smaller-model.ts';

const entry = (id: string, state: 'bundled' | 'installed' | 'missing', imageSizes = [512, 1024]) => ({ id, state, imageSizes });

it('is the same model with a smaller image, then the next smaller that is installed, then none', () => {
  const entries = [entry('nano', 'bundled', [352]), entry('sam2.1-tiny', 'missing'), entry('sam2.1-small', 'installed')];
  expect(smallerThan({ id: 'sam2.1-small', imageSize: 1024 }, entries)).toBe('sam2.1-small@512');
  expect(smallerThan({ id: 'sam2.1-small', imageSize: 512 }, entries)).toBe('nano@352');
  expect(smallerThan({ id: 'nano', imageSize: 352 }, entries)).toBeNull();
  expect(smallerThan({ id: 'of-a-folder', imageSize: 352 }, entries)).toBeNull();
});
