/**
 * What was built: the parts that no browser test loads are at least whole, and the bundled program runs under plain
 * Node.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from './host-fixture.ts';

const root = resolve(import.meta.dirname, '..');
const out = join(root, 'out');
const run = promisify(execFile);

test.skip(({ host }) => host !== 'web', 'the same files for both hosts');

test('the preload script is CommonJS and needs electron alone', async () => {
  const preload = await readFile(join(out, 'preload/index.cjs'), 'utf8');
  expect([...preload.matchAll(/require\(["']([^"']+)["']\)/g)].map((match) => match[1])).toEqual(['electron']);
  expect(preload).not.toMatch(/^import /m);
});

test('the page has no inline script or style, and the development host is not in it', async () => {
  const page = await readFile(join(out, 'renderer/index.html'), 'utf8');
  expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/);
  expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
  const scripts = (await readdir(join(out, 'renderer/assets'))).filter((name) => name.endsWith('.js'));
  for (const name of scripts) expect(await readFile(join(out, 'renderer/assets', name), 'utf8')).not.toContain('harbour.mp4');
});

test('the main process leaves native packages where they are, and has every entry', async () => {
  const files = await readdir(join(out, 'main'));
  expect(files).toEqual(expect.arrayContaining(['index.js', 'process.js', 'inference-worker.js', 'helper-worker.js', 'cli.js']));
  const scripts = await Promise.all(files.filter((name) => name.endsWith('.js')).map((name) => readFile(join(out, 'main', name), 'utf8')));
  expect(scripts.some((text) => /from ["']onnxruntime-node["']/.test(text))).toBe(true);
  expect(scripts.some((text) => text.includes('onnxruntime_binding'))).toBe(false);
});

test('the bundled program runs under plain Node', async () => {
  const { stdout } = await run(process.execPath, [join(out, 'main/cli.js'), '--help']);
  expect(stdout).toContain('serve');
});
