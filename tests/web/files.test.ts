/** The file browser over the contract: only what the host may use, with real thumbnails. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { unstartedServices } from '../../src/main/cli/headless.ts';
import { pathPolicy } from '../../src/main/cli/serve-command.ts';
import { startWebHost, type WebHost } from '../../src/main/web/server.ts';
import { sampleClip } from '../cli/run-cli.ts';
import { TestWindow, token } from './test-window.ts';

let folder = '';
let host: WebHost;
let window: TestWindow;
const services = (root: string) =>
  unstartedServices({}, { browsedFolders: [root], checkPath: pathPolicy([root]), exportRoot: root, dataDir: join(root, 'data') });
let app: ReturnType<typeof services>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sam2-browse-'));
  mkdirSync(join(folder, 'clips'));
  cpSync(sampleClip, join(folder, 'clips/a clip.mp4'));
  writeFileSync(join(folder, 'clips/broken.mp4'), 'no video');
  app = services(folder);
  host = await startWebHost({ services: app, rendererDir: folder, port: 0, token });
  await app.start();
  window = await TestWindow.open(host.port);
});
afterAll(async () => {
  window.close();
  await host.close();
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

it('lists the allowed folders, and what is in them', async () => {
  expect(await window.call('files.list', { folder: null })).toMatchObject({ r: { entries: [{ kind: 'folder', path: folder }] } });
  const listed = await window.call('files.list', { folder: join(folder, 'clips') });
  expect(listed).toMatchObject({ r: { parent: folder, entries: [{ name: 'a clip.mp4', kind: 'video' }, { name: 'broken.mp4' }] } });
});

it('refuses everything else', async () => {
  for (const path of [dirname(folder), '/', join(folder, 'clips/../..')]) {
    expect(await window.call('files.list', { folder: path })).toMatchObject({ e: { code: 'not-allowed' } });
    expect(await window.call('files.thumbnail', { path })).toMatchObject({ e: { code: 'not-allowed' } });
  }
});

it('makes a picture of a clip, and none of what is no video', async () => {
  const shown = await window.call('files.thumbnail', { path: join(folder, 'clips/a clip.mp4') });
  const { url } = (shown as { r: { url: string } }).r;
  const jpeg = Buffer.from(url.slice('data:image/jpeg;base64,'.length), 'base64');
  expect(jpeg.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  expect(await window.call('files.thumbnail', { path: join(folder, 'clips/broken.mp4') })).toMatchObject({ r: { url: null } });
});
