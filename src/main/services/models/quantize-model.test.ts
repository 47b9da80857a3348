import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { quantizeModel } from './quantize-model.ts';

const root = resolve(import.meta.dirname, '../../../..');
const paths = { models: join(root, 'models'), installed: '/nowhere', sampleClip: join(root, 'tests/fixtures/cartoon/sample.mp4') };
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sam2-int8-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Gives up when so many steps are done. */
const giveUpAfter = async (out: string, steps: number) => {
  const ending = new AbortController();
  const told: [number, number][] = [];
  const onProgress = (done: number, total: number): void => {
    told.push([done, total]);
    if (done === steps) ending.abort();
  };
  await expect(
    quantizeModel(join(root, 'models/nano/bundle'), paths, { folder: out }, { signal: ending.signal, onProgress }),
  ).rejects.toMatchObject({
    code: 'cancelled',
  });
  return told;
};

it('is given up between two graphs, with nothing left', async () => {
  const out = join(folder, 'graphs');
  expect(await giveUpAfter(out, 1)).toEqual([[1, 28]]);
  expect(existsSync(out) ? readdirSync(out) : []).toEqual([]);
});

it('is given up while it is compared: what it loses is not known, so it goes, and nothing else does', async () => {
  const out = join(folder, 'compared');
  mkdirSync(out);
  writeFileSync(join(out, 'mine.txt'), 'a file of the user');
  const told = await giveUpAfter(out, 6);
  expect(told).toEqual(Array.from({ length: 6 }, (_, i) => [i + 1, 28]));
  expect(readdirSync(out)).toEqual(['mine.txt']);
});
