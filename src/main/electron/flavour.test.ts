import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { flavourOf, isDebugged } from './flavour.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sam2-shell-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('a release is told from a test flavour by what its archive says, and lets no debugger in', async () => {
  await writeFile(join(folder, 'package.json'), '{"name":"sam2-video"}');
  expect(flavourOf(false, folder)).toBe('development');
  expect(flavourOf(true, folder)).toBe('release');
  await writeFile(join(folder, 'package.json'), '{"name":"sam2-video","flavour":"test"}');
  expect(flavourOf(true, folder)).toBe('test');
  for (const given of ['remote-debugging-port', 'remote-debugging-pipe', 'remote-debugging-io-pipes', 'load-extension']) {
    const asked = (name: string): boolean => name === given;
    expect(isDebugged('release', asked)).toBe(true);
    expect(isDebugged('test', asked)).toBe(false);
  }
  expect(isDebugged('release', () => false)).toBe(false);
});
