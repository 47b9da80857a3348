/** Sources that are no file: folders of pictures, addresses (real servers on loopback), and what a window sends. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createReadStream, statSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeServices } from '../../src/main/cli/headless.ts';
import { shownAddress } from '../../src/main/common/shown-address.ts';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import { openSource } from '../../src/main/services/app/open-source.ts';
import type { Services } from '../../src/main/services/app/services.ts';
import { CheckpointServer, cutAfter, etag, stallAfter, whole } from '../../src/main/services/models/testing/checkpoint-server.ts';
import { importSource } from '../../src/main/services/sources/import-source.ts';
import type { Operation } from '../../src/shared/contract/state.ts';
import { makeTempFolder, sampleClip } from '../cli/run-cli.ts';

let folder: Awaited<ReturnType<typeof makeTempFolder>>;
let services: Services;
let ffmpeg: string;
let server: Server;
let port: number;
const children: ChildProcess[] = [];

const run = (...args: string[]): void => {
  const { status, stderr } = spawnSync(ffmpeg, ['-hide_banner', '-loglevel', 'error', '-y', ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
};

beforeAll(async () => {
  folder = await makeTempFolder();
  ffmpeg = await findFfmpeg();
  services = await makeServices({}, { exportRoot: folder.path, dataDir: folder.path });
  services.engine.require();
  server = createServer((request, response) => {
    if (request.url === '/clip.mp4') {
      const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const { size } = statSync(sampleClip);
      const range = { 'accept-ranges': 'bytes', 'content-length': size - start, 'content-range': `bytes ${start}-${size - 1}/${size}` };
      createReadStream(sampleClip, { start }).pipe(response.writeHead(request.headers.range ? 206 : 200, range));
    } else if (request.url === '/moved.mp4') response.writeHead(302, { location: '/clip.mp4' }).end();
    else if (request.url === '/private.mp4' && request.headers.authorization !== `Basic ${btoa('ann:se/cret')}`)
      response.writeHead(401).end();
    else if (request.url === '/private.mp4')
      createReadStream(sampleClip).pipe(response.writeHead(200, { 'content-length': statSync(sampleClip).size }));
    else if (request.url === '/secret.mp4') response.writeHead(401).end();
    else if (request.url === '/forbidden.mp4') response.writeHead(403).end();
    else if (request.url === '/page') response.writeHead(200, { 'content-type': 'text/html' }).end('<p>no video</p>'.repeat(500));
    else if (request.url === '/cut.mkv') {
      response.writeHead(200, { 'content-type': 'video/x-matroska', 'content-length': '9000000' });
      void readFile(join(folder.path, 'live.mkv')).then((data) =>
        response.write(data.subarray(0, data.length >> 1), () => response.destroy()),
      );
    } else if (request.url === '/list.m3u8') response.writeHead(200).end(`#EXTM3U\n#EXTINF:1,\nfile://${sampleClip}\n`);
    else if (request.url?.startsWith('/hls/') && !request.url.includes('..'))
      createReadStream(join(folder.path, request.url)).pipe(response.writeHead(200));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  run('-f', 'lavfi', '-i', 'testsrc2=size=192x108:rate=25:duration=6', '-c:v', 'libx264', '-g', '25', join(folder.path, 'live.mkv'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const { id } of services.sessions.list) await services.sessions.close(id);
});
afterAll(async () => {
  server.close();
  await services.close();
  await folder.remove();
});

const ended = (id: string): Promise<Operation> => services.operations.ended(id);
const open = (path: string): Promise<Operation> => ended(services.sources.imports.start(importSource(path, { num: 25, den: 1 })!));

/** Names in the folder of imports that are not of a whole clip. */
const leftInImports = async (): Promise<string[]> =>
  (await readdir(join(folder.path, 'imports'), { recursive: true })).filter((name) =>
    /in-use$|\.(partial|part|part\.json|cut)$/.test(name),
  );

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

describe('a folder of pictures', () => {
  const pictures = async (name: string, ...args: string[]): Promise<string> => {
    const path = join(folder.path, name);
    await mkdir(path, { recursive: true });
    run(
      '-f',
      'lavfi',
      '-i',
      'testsrc2=size=192x108:rate=25:duration=0.48',
      ...args,
      join(path, name.includes('png') ? '%d.png' : '%d.jpg'),
    );
    return path;
  };

  it('is played at the rate that was given, or that of the settings', async () => {
    const path = await pictures('jpgs');
    await openSource(services, path, { num: 25, den: 2 });
    expect(services.sessions.latest.media).toMatchObject({ frameCount: 12, averageFps: 12.5 });
    services.settings.set('import.imagesPerSecond', 5);
    await openSource(services, path);
    expect(services.sessions.latest.media).toMatchObject({ frameCount: 12, averageFps: 5 });
    services.settings.reset('import.imagesPerSecond');
  });

  it.each(['jpgs', 'pngs'])('of %s is a clip in the order of its numbers', async (name) => {
    const path = await pictures(name);
    await openSource(services, path);
    expect(services.operations.list.at(-1)).toMatchObject({ kind: 'import', state: 'done', done: 12, total: 12 });
    const { media } = services.sessions.latest;
    expect([media.frameCount, media.width, media.height, media.averageFps]).toEqual([12, 192, 108, 25]);
    // 10.jpg comes after 9.jpg: its picture is the tenth.
    const tenth = await services.sessions.latest.frameMessage(1, 9, 192, 108);
    await writeFile(join(folder.path, 'tenth.yuv'), '');
    run(
      '-i',
      join(path, name === 'pngs' ? '10.png' : '10.jpg'),
      '-pix_fmt',
      name === 'pngs' ? 'yuv420p' : 'yuvj420p',
      '-f',
      'rawvideo',
      join(folder.path, 'tenth.yuv'),
    );
    const expected = await readFile(join(folder.path, 'tenth.yuv'));
    const luma = 192 * 108;
    let difference = 0;
    for (let i = 0; i < luma; i++) difference += Math.abs(expected[i]! - tenth.planes[i]!);
    expect(difference / luma).toBeLessThan(4);
  });

  it('with a picture of another size, a damaged one, or none is refused with the name of it', async () => {
    const path = await pictures('mixed');
    run('-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=1:duration=1', '-frames:v', '1', join(path, '5.jpg'));
    expect((await open(path)).error).toMatchObject({
      code: 'source-unreadable',
      message: expect.stringContaining('5.jpg shows 64 x 64 px'),
    });
    await writeFile(join(path, '5.jpg'), 'no picture');
    expect((await open(path)).error).toMatchObject({ code: 'source-unreadable', message: expect.stringContaining('5.jpg') });
    await mkdir(join(folder.path, 'nothing'));
    expect((await open(join(folder.path, 'nothing'))).error).toMatchObject({ code: 'source-empty' });
    expect(await leftInImports()).toEqual([]);
  });
});

describe('an address', () => {
  const at = (path: string): string => `http://127.0.0.1:${port}${path}`;

  it('of a file is fetched and opened', async () => {
    expect(await open(at('/clip.mp4'))).toMatchObject({ state: 'done', error: null });
    expect(services.sessions.latest.media.frameCount).toBe(132);
    expect(services.sessions.latest.path).toMatch(/clip\.mp4$/);
    const { size } = statSync(sampleClip);
    expect(services.operations.list.at(-1)).toMatchObject({ done: size, total: size });
    expect(await readFile(services.sessions.latest.path)).toEqual(await readFile(sampleClip));
  });

  it('goes on where it was when the connection is cut, under If-Range', async () => {
    await using cutting = await CheckpointServer.start(await readFile(sampleClip), whole, cutAfter(200_000), cutAfter(150_000), whole);
    expect(await open(`${cutting.url}/clip.mp4`)).toMatchObject({ state: 'done', error: null });
    expect(cutting.requests.map(({ range }) => range)).toEqual([undefined, undefined, 'bytes=200000-', 'bytes=350000-']);
    expect(cutting.requests.slice(2).map(({ ifRange }) => ifRange)).toEqual([etag, etag]);
    expect(await readFile(services.sessions.latest.path)).toEqual(await readFile(sampleClip));
    expect(await readdir(dirname(services.sessions.latest.path))).toEqual(['clip.mp4']);
  });

  it('with a name and a password gives them to that server, and shows them to nobody', async () => {
    const address = at('/private.mp4').replace('//', '//ann:se%2Fcret@');
    expect(await open(address)).toMatchObject({ state: 'done', title: at('/private.mp4') });
    expect((await open(at('/moved.mp4'))).state).toBe('done');
    expect(shownAddress('rtsp://ann:p@ss@host/x@y')).toBe('rtsp://host/x@y');
  });

  it('is cancelled while it comes with nothing left of it', async () => {
    await using stalling = await CheckpointServer.start(await readFile(sampleClip), whole, stallAfter(100_000));
    const id = services.sources.imports.start({ kind: 'network', url: `${stalling.url}/clip.mp4` });
    await until(() => (services.operations.get(id)?.done ?? 0) === 100_000);
    services.operations.cancel(id);
    expect((await ended(id)).state).toBe('cancelled');
    expect(await leftInImports()).toEqual([]);
  });

  it('of an HLS playlist is fetched with all its segments', async () => {
    const hls = join(folder.path, 'hls');
    await mkdir(hls, { recursive: true });
    run('-i', join(folder.path, 'live.mkv'), '-c', 'copy', '-f', 'hls', '-hls_time', '1', '-hls_list_size', '0', join(hls, 'list.m3u8'));
    expect(await open(at('/hls/list.m3u8'))).toMatchObject({ state: 'done', error: null });
    expect(services.sessions.latest.media.frameCount).toBe(150);
  });

  it.each([
    ['/nowhere', 'address-missing', /is not there/],
    ['/secret.mp4', 'address-forbidden', /name and password/],
    ['/forbidden.mp4', 'address-forbidden', /name and password/],
    ['/page', 'source-unreadable', /could not be read as a video/],
  ])('that fails says why: %s', async (path, code, message) => {
    const { state, error } = await open(at(path));
    expect(state).toBe('failed');
    expect(error).toMatchObject({ code });
    expect(error!.message).toMatch(message);
  });

  it('that nobody listens at is told as such', async () => {
    for (const address of ['rtsp://127.0.0.1:1/stream', 'http://127.0.0.1:1/stream']) {
      const { error } = await open(address);
      expect(error).toMatchObject({
        code: 'address-unreachable',
        message: expect.stringContaining('127.0.0.1:1/stream could not be reached'),
      });
    }
    expect(await leftInImports()).toEqual([]);
  });

  it('never leads to a file of this machine', async () => {
    expect(importSource('file:///etc/passwd', { num: 25, den: 1 })).toBeNull();
    expect(importSource(`concat:${sampleClip}`, { num: 25, den: 1 })).toBeNull();
    expect((await open(at('/list.m3u8'))).state).toBe('failed');
  });

  it('whose server drops the stream keeps what came, and says so', async () => {
    expect(await open(at('/cut.mkv'))).toMatchObject({ state: 'done' });
    expect(services.sessions.latest.media.frameCount).toBeGreaterThan(20);
    expect(services.sessions.latest.media.frameCount).toBeLessThan(150);
    expect(services.state.notices.at(-1)!.text).toMatch(/ended early/);
  });

  it('of an endless stream (RTMP) is recorded until it is stopped, then opened', async () => {
    const url = 'rtmp://127.0.0.1:19351/live/camera';
    const args = ['-re', '-stream_loop', '-1', '-i', join(folder.path, 'live.mkv'), '-c', 'copy', '-f', 'flv', '-listen', '1', url];
    children.push(spawn(ffmpeg, ['-hide_banner', '-loglevel', 'error', ...args], { stdio: 'ignore' }));
    let id = '';
    for (;;) {
      // The server needs a moment to listen.
      id = services.sources.imports.start({ kind: 'network', url });
      await until(() => (services.operations.get(id)?.done ?? 0) > 500 || services.operations.get(id)?.state !== 'running');
      if (services.operations.get(id)?.state === 'running') break;
      expect(services.operations.get(id)!.error?.message).toMatch(/could not be reached/);
    }
    await services.sources.imports.finish(id);
    expect(await ended(id)).toMatchObject({ state: 'done', error: null });
    expect(services.sessions.latest.media.frameCount).toBeGreaterThan(10);
    expect(services.sessions.latest.media.codec).toBe('h264');
  });

  it('is recorded by nobody when the engine is killed', async () => {
    const url = 'rtmp://127.0.0.1:19353/live/camera';
    const args = ['-re', '-stream_loop', '-1', '-i', join(folder.path, 'live.mkv'), '-c', 'copy', '-f', 'flv', '-listen', '1', url];
    const child = spawn(ffmpeg, ['-hide_banner', '-loglevel', 'error', ...args], { stdio: 'ignore' });
    children.push(child);
    const isGone = new Promise((resolve) => child.once('exit', resolve));
    let id = '';
    do {
      id = services.sources.imports.start({ kind: 'network', url });
      await until(() => (services.operations.get(id)?.done ?? 0) > 500 || services.operations.get(id)?.state !== 'running');
    } while (services.operations.get(id)?.state !== 'running');
    process.kill(services.engine.pid!, 'SIGKILL');
    expect((await ended(id)).state).toBe('failed');
    // The server's only listener was the recorder: it ends when that is gone.
    await isGone;
    await until(() => services.state.engine.state === 'ready');
    // What came is a clip now, which nothing opens by itself.
    await until(() => services.state.notices.at(-1)!.text.includes('was being recorded'));
    const [clip] = await services.sources.clips.list();
    expect(clip).toMatchObject({ name: 'camera.mkv', usedBy: [], isOpen: false });
    await services.sessions.open(clip!.path);
    expect(services.sessions.latest.media).toMatchObject({ codec: 'h264', width: 192 });
    expect(await leftInImports()).toEqual([]);
  });

  it('is cancelled with nothing left of it', async () => {
    const url = 'rtmp://127.0.0.1:19352/live/camera';
    const args = ['-re', '-stream_loop', '-1', '-i', join(folder.path, 'live.mkv'), '-c', 'copy', '-f', 'flv', '-listen', '1', url];
    children.push(spawn(ffmpeg, ['-hide_banner', '-loglevel', 'error', ...args], { stdio: 'ignore' }));
    const id = services.sources.imports.start({ kind: 'network', url });
    services.operations.cancel(id);
    const { state } = await ended(id);
    expect(['cancelled', 'failed']).toContain(state);
    expect(await leftInImports()).toEqual([]);
  });
});

describe('what a window sends', () => {
  const window = {};
  const send = async (id: string, data: Buffer, total: number | null): Promise<void> => {
    for (let at = 0; at < data.length; at += 50_000) await services.sources.uploads.append(id, data.subarray(at, at + 50_000), total);
  };

  it('is a clip when it is whole, under a harmless name', async () => {
    const data = await readFile(sampleClip);
    const id = await services.sources.uploads.begin('../../etc/holi<day>.mp4', data.length, window);
    await send(id, data, data.length);
    expect(services.operations.get(id)).toMatchObject({ done: data.length, total: data.length });
    await services.sources.uploads.complete(id);
    expect(await ended(id)).toMatchObject({ state: 'done' });
    expect(services.sessions.latest.media.frameCount).toBe(132);
    expect(services.sessions.latest.path).toMatch(/imports[\\/]\w+[\\/]holi_day_\.mp4$/);
    expect((await stat(services.sessions.latest.path)).size).toBe(data.length);
  });

  it('a recording without an index gets one', async () => {
    const id = await services.sources.uploads.begin('camera 1.webm', null, window);
    run('-f', 'lavfi', '-i', 'testsrc2=size=192x108:rate=25:duration=2', '-c:v', 'libvpx', '-live', '1', join(folder.path, 'camera.webm'));
    await send(id, await readFile(join(folder.path, 'camera.webm')), null);
    await services.sources.uploads.complete(id);
    expect(services.sessions.latest.media).toMatchObject({ frameCount: 50, codec: 'vp8' });
    expect(services.sessions.latest.path).toMatch(/camera 1\.mkv$/);
  });

  it('a recording that was cut off anywhere is made whole up to there at the next start', async () => {
    const data = await readFile(join(folder.path, 'camera.webm'));
    const place = join(folder.path, 'imports', '0123abcd');
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'camera 2.webm.partial'), data.subarray(0, Math.floor(data.length * 0.6)));
    await writeFile(join(place, 'in-use'), JSON.stringify({ pid: 999_999_999, recording: 'camera 2.webm.partial' }));
    await mkdir(join(folder.path, 'imports', '0123abce'));
    await writeFile(join(folder.path, 'imports', '0123abce', 'camera 3.webm.partial'), 'no picture');
    await writeFile(
      join(folder.path, 'imports', '0123abce', 'in-use'),
      JSON.stringify({ pid: 999_999_999, recording: 'camera 3.webm.partial' }),
    );
    await services.sources.imports.recover();
    expect(services.state.notices.at(-1)!.text).toMatch(/^camera 2\.mkv was being recorded when the app closed/);
    expect(await readdir(place)).toEqual(['camera 2.mkv']);
    expect(await readdir(join(folder.path, 'imports'))).not.toContain('0123abce');
    await services.sessions.open(join(place, 'camera 2.mkv'));
    const { frameCount } = services.sessions.latest.media;
    expect(frameCount).toBeGreaterThan(15);
    expect(frameCount).toBeLessThan(50);
  });

  it('is given up with nothing left, and more of it is refused', async () => {
    const id = await services.sources.uploads.begin('clip.mp4', 1000, window);
    await services.sources.uploads.append(id, Buffer.alloc(500), 1000);
    services.operations.cancel(id);
    expect(await ended(id)).toMatchObject({ state: 'cancelled' });
    await expect(services.sources.uploads.append(id, Buffer.alloc(500), 1000)).rejects.toMatchObject({ code: 'bad-request' });
    expect(await leftInImports()).toEqual([]);
  });

  it('is kept when it is a recording and its window goes away; a file that is not whole is given up', async () => {
    const leaver = {};
    run('-f', 'lavfi', '-i', 'testsrc2=size=192x108:rate=25:duration=1', '-c:v', 'libvpx', '-live', '1', join(folder.path, 'left.webm'));
    const recording = await services.sources.uploads.begin('left.webm', null, leaver);
    await send(recording, await readFile(join(folder.path, 'left.webm')), null);
    await services.sources.uploads.release({});
    expect(services.operations.get(recording)!.state).toBe('running');
    await services.sources.uploads.release(leaver);
    expect(await ended(recording)).toMatchObject({ state: 'done' });
    expect(services.sessions.latest.media.frameCount).toBe(25);
    const file = await services.sources.uploads.begin('clip.mp4', 1000, leaver);
    await services.sources.uploads.append(file, Buffer.alloc(500), 1000);
    await services.sources.uploads.release(leaver);
    expect(await ended(file)).toMatchObject({ state: 'cancelled' });
  });

  it('may be opened again by every client, and nothing beside it', () => {
    const { store } = services.sources;
    expect(store.owns(join(folder.path, 'imports', 'ab', 'clip.mkv'))).toBe(true);
    for (const path of ['imports', 'imports-2/clip.mkv', 'imports/../clip.mkv', 'settings.json'])
      expect(store.owns(`${folder.path}/${path}`)).toBe(false);
  });
});
