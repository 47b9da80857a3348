/** The repository stays small: everybody who clones it downloads all of it. */
import { execFileSync } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const MiB = 2 ** 20;

const trackedFiles = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8', maxBuffer: 16 * MiB })
  .split('\0')
  .filter((path) => path !== '')
  .map((path) => ({ path, bytes: lstatSync(join(root, path), { throwIfNoEntry: false })?.size ?? 0 }));

it('has at most 45 MiB of tracked files', () => {
  const total = trackedFiles.reduce((sum, { bytes }) => sum + bytes, 0);
  const largest = [...trackedFiles].sort((a, b) => b.bytes - a.bytes).slice(0, 10);
  expect(total / MiB, `the largest:\n${largest.map(({ path, bytes }) => `${bytes} ${path}`).join('\n')}`).toBeLessThanOrEqual(45);
});

it('keeps pictures of documents as WebP', () => {
  expect(trackedFiles.map(({ path }) => path).filter((path) => /^(docs|models)\/.*\.(png|jpe?g)$/.test(path))).toEqual([]);
});
