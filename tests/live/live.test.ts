/**
 * Live sources over real connections: shown, recorded and tracked as they come, and a clip with all of it when they
 * end.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { readTimes } from '../../src/main/engine/api/recording.ts';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import { appPaths } from '../../src/main/services/base/app-paths.ts';
import { FrameMap } from '../../src/main/services/streams/rekey.ts';
import { decodeRle, expandCounts } from '../../src/shared/rle.ts';
import { LiveApp } from './live-app.ts';
import { RtspServer } from './rtsp-server.ts';

/** What the disk says it has; null = the truth. */
const disk = vi.hoisted(() => ({ free: null as number | null }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const statfs = async (path: string) => (disk.free === null ? real.statfs(path) : { bsize: 1, bavail: disk.free });
  return { ...real, statfs };
});

/**
 * Of these tests alone: other programs of this machine, other tests among them, have passwords of their own in their
 * arguments.
 */
const secret = `s3cret-of-${process.pid}`;

let ffmpeg: string;
let app: LiveApp;
const ending: (() => unknown)[] = [];
const window = {};

/** A moving pattern at its own pace, endless. @param output where it goes, in ffmpeg's words */
const broadcast = (...output: string[]) => {
  const args = ['-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=10'];
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '10', '-pix_fmt', 'yuv420p'];
  const child = spawn(ffmpeg, [...args, ...video, ...output], { stdio: ['ignore', 'pipe', 'ignore'] });
  ending.push(() => child.kill('SIGKILL'));
  return child;
};

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ending.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** An MPEG transport stream over HTTP: it has no length. */
const serveTs = async (): Promise<string> => {
  const address = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'video/mp2t' });
    const child = broadcast('-f', 'mpegts', 'pipe:1');
    child.stdout.pipe(response);
    response.on('close', () => child.kill('SIGKILL'));
  });
  return `${address}/live.ts`;
};

/** A playlist that goes on, whose old pieces are removed. */
const serveHls = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'sam2-live-hls-'));
  ending.push(() => rm(folder, { recursive: true, force: true }));
  const list = join(folder, 'list.m3u8');
  const pieces = ['-hls_time', '1', '-hls_list_size', '4', '-hls_flags', 'delete_segments'];
  const writer = broadcast('-f', 'hls', ...pieces, list);
  const listed = new Promise<void>((resolve) => {
    const look = setInterval(() => {
      if (!existsSync(list)) return;
      clearInterval(look);
      resolve();
    }, 50);
    writer.once('exit', () => clearInterval(look));
  });
  const address = await serve(async (request, response) => {
    await listed;
    const piece = await readFile(join(folder, basename(request.url!))).catch(() => null);
    response.writeHead(piece ? 200 : 404).end(piece);
  });
  return `${address}/list.m3u8`;
};

/** Three seconds in a folder of their own, and what wants a name and a password before it gives any of them. */
const serveFinite = async (...output: string[]): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'sam2-live-finite-'));
  ending.push(() => rm(folder, { recursive: true, force: true }));
  const pattern = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=10:duration=3'];
  execFileSync(ffmpeg, [...pattern, '-c:v', 'libx264', '-g', '10', '-pix_fmt', 'yuv420p', ...output], { cwd: folder });
  const address = await serve(async (request, response) => {
    if (!isAnna(request)) response.writeHead(401, { 'www-authenticate': 'Basic realm="clips"' }).end();
    else {
      const file = await readFile(join(folder, basename(request.url!)));
      response.writeHead(200, { 'content-length': file.length }).end(file);
    }
  });
  return `${address.replace('//', `//anna:${secret}@`)}/${output.at(-1)}`;
};

const isAnna = ({ headers }: IncomingMessage): boolean =>
  headers.authorization === `Basic ${Buffer.from(`anna:${secret}`).toString('base64')}`;

/** A port of this machine that nobody uses. */
const freePort = async (): Promise<number> => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
};

/** ffmpeg waits for one player. */
const serveRtmp = async (): Promise<string> => {
  const url = `rtmp://127.0.0.1:${await freePort()}/live/camera`;
  broadcast('-f', 'flv', '-listen', '1', url);
  return url;
};
const serveSrt = async (): Promise<string> => {
  const url = `srt://127.0.0.1:${await freePort()}`;
  broadcast('-f', 'mpegts', `${url}?mode=listener&passphrase=${secret}&pbkeylen=16`);
  return `${url}?passphrase=${secret}&pbkeylen=16`;
};

/**
 * The arguments of every program that runs here, which all users of a machine can read; but for those of a camera of
 * these tests.
 */
const argumentsOfAll = (): string =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => !line.includes('mode=listener'))
    .join('\n');

const rtsp = async (password: string | null = null, size?: string): Promise<RtspServer> => {
  const server = new RtspServer(ffmpeg, password);
  await server.start(size);
  ending.push(() => server.close());
  return server;
};

beforeAll(async () => {
  ffmpeg = await findFfmpeg();
  app = await LiveApp.start();
});
afterEach(async () => {
  await app.services.live.stopAll();
  for (const { id } of app.services.sessions.list) await app.services.sessions.close(id, true);
  await Promise.all(ending.splice(0).map((end) => end()));
  app.pushed.length = 0;
  disk.free = null;
  for (const key of Object.keys(app.rules) as (keyof typeof app.rules)[]) delete app.rules[key];
  Object.assign(app.rules, { firstPauseMs: 50, longestPauseMs: 200 });
});
afterAll(() => app.end());

describe('a stream', () => {
  it('is shown as it comes, tracked from a click on, and a clip with all of it when it is stopped', async () => {
    const { services } = app;
    const { operationId: id } = await services.live.start({ kind: 'network', url: await serveTs() }, window);
    await app.untilFrame(3);
    expect(services.sessions.latestState).toMatchObject({ media: { width: 320, height: 180, codec: 'h264' }, live: { isTracking: false } });
    const objectId = await app.click(2);
    const state = await app.untilMask(12);
    expect(state.session!.live).toMatchObject({ isTracking: true, problem: null });
    expect(state.session!.objects[0]!.results[0]![0]).toBe(2);
    expect(app.pushed.length).toBeGreaterThan(5);
    expect(() => services.runs.start(services.sessions.latest, { direction: 'forward' })).toThrow(/after the live source has ended/);
    // What left the buffer is refused, and what is in it can be looked at again.
    await expect(services.sessions.latest.frameMessage(1, 100_000, 640, 360)).rejects.toMatchObject({ code: 'frame-out-of-range' });
    expect(await services.sessions.latest.frameMessage(1, 2, 640, 360)).toMatchObject({ frame: 2, width: 320, overlays: [{ objectId }] });
    const masks = services.sessions.latest.store.frames(objectId).length;
    await services.live.stopAll();
    expect((await services.operations.ended(id)).state).toBe('done');
    const clip = services.sessions.latestState!;
    expect(clip.live).toBeNull();
    expect(clip.objects).toMatchObject([{ name: 'Square', prompts: [{ points: [{ x: 160, y: 90 }] }], stale: false }]);
    expect(services.sessions.latest.store.frames(objectId).length).toBeGreaterThanOrEqual(masks);
    expect(clip.history).toEqual({ undo: null, redo: null });
    expect(services.state.recents[0]).toMatchObject({ source: clip.media.path, missing: false });
    expect(await readdir(join(app.folder, 'live'))).toEqual([]);
  });

  it.each([
    ['HLS', serveHls],
    ['RTMP', serveRtmp],
    ['SRT, encrypted', serveSrt],
  ] as const)('over %s is shown, tracked and recorded', async (_, served) => {
    await app.services.live.start({ kind: 'network', url: await served() }, window);
    await app.untilFrame(3);
    await app.click(2);
    const state = await app.untilMask(6);
    expect(state.session!.media).toMatchObject({ width: 320, height: 180, codec: 'h264' });
    expect(JSON.stringify(state)).not.toContain(secret);
    expect(argumentsOfAll()).not.toContain(secret);
    await app.services.live.stopAll();
    expect(app.services.sessions.latestState).toMatchObject({ live: null, objects: [{ prompts: [{ points: [{ x: 160 }] }] }] });
    expect(app.services.sessions.latestState!.media.frameCount).toBeGreaterThan(6);
  });

  it.each([
    ['a file', ['clip.ts']],
    ['an MP4 file', ['-movflags', '+faststart', 'clip.mp4']],
    ['a playlist', ['-f', 'hls', '-hls_time', '1', '-hls_list_size', '0', 'list.m3u8']],
  ])('that is %s behind a password comes to its end, and is a clip', async (_, output) => {
    const { services } = app;
    const { operationId: id } = await services.live.start({ kind: 'network', url: await serveFinite(...output) }, window);
    expect(argumentsOfAll()).not.toContain(secret);
    expect((await services.operations.ended(id)).state).toBe('done');
    expect(services.sessions.latestState).toMatchObject({ live: null, media: { frameCount: 30, width: 320 } });
  });

  it('without a length behind a password that breaks off is connected anew, and nobody is shown the password', async () => {
    let plays = 0;
    const address = await serve((request, response) => {
      if (!isAnna(request)) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="live"' }).end();
        return;
      }
      response.writeHead(200, { 'content-type': 'video/mp2t' });
      const isFirst = plays++ === 0;
      const child = isFirst ? broadcast('-t', '2', '-f', 'mpegts', 'pipe:1') : broadcast('-f', 'mpegts', 'pipe:1');
      child.stdout.pipe(response);
      response.on('close', () => child.kill('SIGKILL'));
    });
    await app.services.live.start({ kind: 'network', url: `${address.replace('//', `//anna:${secret}@`)}/live.ts` }, window);
    const state = await app.untilLive(({ attempt }) => attempt === 1);
    expect(state.session!.live!.problem?.message).toMatch(/the connection was closed/);
    expect(argumentsOfAll()).not.toContain(secret);
    await app.untilFrame(state.session!.media.frameCount + 3);
  });

  it('has the masks that a run over the same frames of its recording has', async () => {
    const { services } = app;
    await services.live.start({ kind: 'network', url: await serveTs() }, window);
    await app.untilFrame(2);
    const objectId = await app.click(1);
    await app.untilMask(20);
    // A correction on an earlier moment takes the object back to it.
    const session = services.sessions.latest;
    await session.edits.setPoints(objectId, 8, [{ x: 150, y: 80, label: 1 }], null);
    await app.untilMask((services.sessions.latestState!.live!.buffer?.to ?? 0) + 3);
    const [live] = await readdir(join(app.folder, 'live'));
    const folder = await mkdtemp(join(tmpdir(), 'sam2-live-times-'));
    ending.push(() => rm(folder, { recursive: true }));
    await services.live.setTracking(services.sessions.latest.id, false);
    await app.untilLive(({ isTracking }) => !isTracking);
    await copyFile(join(app.folder, 'live', live!, 'times.log'), join(folder, 'times.log'));
    const masks = new Map(session.store.frames(objectId).map((frame) => [frame, session.store.get(objectId, frame)!.counts]));
    await services.live.stopAll();

    // The frames that were taken, as a clip of their own, without any loss.
    const times = readTimes(folder);
    const map = new FrameMap(times, [{ segment: 0, offsetMs: 0 }], services.sessions.latest.media);
    const taken = times.map((_, frame) => map.same(frame));
    expect(taken).not.toContain(null);
    const picked = join(folder, 'taken.mkv');
    const select = `select='${taken.map((frame) => `eq(n,${frame})`).join('+')}'`;
    const args = [
      '-v',
      'error',
      '-i',
      services.sessions.latest.path,
      '-vf',
      select,
      '-fps_mode',
      'passthrough',
      '-c:v',
      'ffv1',
      '-y',
      picked,
    ];
    expect(spawnSync(ffmpeg, args, { encoding: 'utf8' }).stderr).toBe('');
    const clip = await services.sessions.open(picked);
    expect(clip.media.frameCount).toBe(taken.length);
    const id = clip.edits.addObject();
    await clip.edits.setPoints(id, 1, [{ x: 160, y: 90, label: 1 }], null);
    // As live: tracked to somewhere, corrected, and tracked from the correction on.
    await services.operations.ended(services.runs.start(services.sessions.latest, { direction: 'forward', to: 20 }));
    await clip.edits.setPoints(id, 8, [{ x: 150, y: 80, label: 1 }], null);
    await services.operations.ended(services.runs.start(services.sessions.latest, { direction: 'forward', from: 8 }));
    const { width, height } = clip.media;
    const pixelsOf = (counts: string): Uint8Array => decodeRle({ size: [height, width], counts: expandCounts(counts) });
    let worst = 1;
    for (const [frame, counts] of masks) {
      const [a, b] = [pixelsOf(counts), pixelsOf(clip.store.get(id, frame)!.counts)];
      const both = a.reduce((sum, value, i) => sum + (value & b[i]!), 0);
      const either = a.reduce((sum, value, i) => sum + (value | b[i]!), 0);
      worst = Math.min(worst, either === 0 ? 1 : both / either);
    }
    expect(masks.size).toBeGreaterThan(20);
    expect(worst).toBeGreaterThan(0.99);
  });

  it('goes on over an engine that dies, and is one recording', async () => {
    const { services } = app;
    await services.live.start({ kind: 'network', url: await serveTs() }, window);
    await app.untilFrame(3);
    await app.click(2);
    const before = (await app.untilMask(5)).session!.media.frameCount;
    process.kill(services.engine.pid!, 'SIGKILL');
    await app.until(({ engine }) => engine.state !== 'ready');
    await app.untilMask(before + 5);
    await services.live.stopAll();
    expect(services.sessions.latestState!.media.frameCount).toBeGreaterThan(before + 5);
    expect(services.sessions.latestState!.objects[0]!.results.at(-1)![1]).toBeGreaterThan(before);
  });

  it('that goes with its app is made whole at the next start, with its work', async () => {
    const url = await serveTs();
    const folder = await mkdtemp(join(tmpdir(), 'sam2-live-killed-'));
    ending.push(() => rm(folder, { recursive: true, force: true }));
    const host = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'live-host.ts'), folder, url],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let acknowledged = -1;
    for await (const line of createInterface({ input: host.stdout })) {
      acknowledged = Number(line);
      if (acknowledged >= 12) host.kill('SIGKILL');
    }
    expect(acknowledged).toBeGreaterThanOrEqual(12);
    const next = await LiveApp.start(folder);
    try {
      await next.until(({ notices }) => notices.some(({ text }) => /was repaired/.test(text)));
      const [recent] = next.services.state.recents;
      const session = await next.services.sessions.openProject(recent!.path);
      expect(session.objects).toMatchObject([{ name: 'Square', prompts: [{ points: [{ x: 160, y: 90 }] }] }]);
      // Every mask that was told of is there: 1 is the first frame with one.
      expect(session.store.frames(1).length).toBeGreaterThanOrEqual(acknowledged);
      expect(await readdir(join(folder, 'live'))).toEqual([]);
    } finally {
      await next.services.close();
    }
  });

  it('is kept as a project when its session is closed; another clip does not end it', async () => {
    const { services } = app;
    const { sessionId } = await services.live.start({ kind: 'network', url: await serveTs() }, window);
    await app.untilFrame(5);
    const known = services.state.recents.length;
    await services.sessions.open(appPaths().sampleClip);
    expect(services.sessions.latestState!.live).toBeNull();
    expect(services.live.isLive).toBe(true);
    await services.sessions.close(sessionId, true);
    expect(services.live.isLive).toBe(false);
    expect(services.state.recents.length).toBeGreaterThanOrEqual(Math.min(20, known + 1));
    expect(services.state.recents.some(({ name }) => name === 'live')).toBe(true);
  });

  it('is not begun on a full disk, nor is anything fetched or sent', async () => {
    const { services } = app;
    const url = await serveTs();
    disk.free = 10_000_000;
    await expect(services.live.start({ kind: 'network', url }, window)).rejects.toMatchObject({ code: 'disk-full' });
    await expect(services.sources.uploads.begin('a.mp4', 1000, window)).rejects.toMatchObject({ code: 'disk-full' });
    const id = services.sources.imports.start({ kind: 'network', url });
    expect((await services.operations.ended(id)).error).toMatchObject({ code: 'disk-full' });
    expect(await readdir(join(app.folder, 'live'))).toEqual([]);
  });

  it('that fills the disk is ended before that, and open as a clip with the work', async () => {
    const { services } = app;
    const { operationId: id } = await services.live.start({ kind: 'network', url: await serveTs() }, window);
    await app.untilFrame(3);
    await app.click(2);
    disk.free = 200 * 2 ** 20;
    expect((await services.operations.ended(id)).state).toBe('done');
    expect(services.state.notices.at(-1)!.text).toMatch(/stopped because the disk is almost full.*open as a clip/);
    expect(services.sessions.latestState).toMatchObject({ live: null, objects: [{ prompts: [{ points: [{ x: 160, y: 90 }] }] }] });
  });

  it('whose buffer is small keeps to it, and refuses what has left it', async () => {
    const { services } = app;
    services.settings.set('live.bufferMb', 32);
    await services.live.start({ kind: 'network', url: await serveTs() }, window);
    const state = await app.untilLive(({ buffer }) => (buffer?.from ?? 0) > 0);
    const { from, to } = state.session!.live!.buffer!;
    const side = state.session!.model.imageSize;
    expect((to - from + 1) * (320 * 180 * 1.5 + side * side * 3)).toBeLessThanOrEqual(32 * 2 ** 20);
    await expect(services.sessions.latest.frameMessage(1, 0, 640, 360)).rejects.toMatchObject({
      code: 'frame-out-of-range',
      message: expect.stringContaining('no longer in the live buffer'),
    });
    services.settings.reset('live.bufferMb');
  });
});

describe('a camera on the network (RTSP)', () => {
  it('is live with its name and password, which nobody is shown', async () => {
    const server = await rtsp(`anna:${secret}`);
    const url = server.url.replace('//', `//anna:${secret}@`);
    await app.services.live.start({ kind: 'network', url }, window);
    const state = await app.untilFrame(5);
    expect(JSON.stringify(state)).not.toContain(secret);
    expect(argumentsOfAll()).toContain('-f concat');
    expect(argumentsOfAll()).not.toContain(secret);
    await app.services.live.stopAll();
    expect(app.services.sessions.latestState!.media).toMatchObject({ codec: 'h264', width: 320 });
    expect(JSON.stringify([app.services.state, app.services.log.last(2000)])).not.toContain(secret);
  });

  it.each([
    ['the wrong password', (url: string) => url.replace('//', '//anna:wrong@'), 'address-forbidden'],
    ['another address', (url: string) => url.replace('//', `//anna:${secret}@`).replace('/camera', '/nothing'), 'address-missing'],
  ])('is refused at once for %s', async (_, change, code) => {
    const server = await rtsp(`anna:${secret}`);
    const { operationId: id } = await app.services.live.start({ kind: 'network', url: change(server.url) }, window);
    expect((await app.services.operations.ended(id)).error).toMatchObject({ code });
    expect(app.services.sessions.latestState).toBeNull();
  });

  it('is connected again when it was killed and comes back; its numbers go on and its time follows the clock', async () => {
    const server = await rtsp();
    const { services } = app;
    Object.assign(app.rules, { firstPauseMs: 3_000, longestPauseMs: 6_000 });
    await services.live.start({ kind: 'network', url: server.url }, window);
    await app.untilFrame(4);
    await app.click(3);
    const before = (await app.untilMask(6)).session!.media.frameCount;
    await server.kill();
    await app.untilLive(({ phase, attempt }) => phase === 'reconnecting' && attempt >= 2);
    await server.listen();
    await app.untilMask(before + 6);
    await services.live.stopAll();
    const clip = services.sessions.latestState!;
    expect(clip.media.frameCount).toBeGreaterThanOrEqual(before);
    expect(clip.objects[0]!.prompts).toHaveLength(1);
    // The gap, of six seconds and more, is in the recording's time too: its frames alone are ten a second.
    expect(clip.media.durationMs).toBeGreaterThan(clip.media.frameCount * 100 + 3_000);
  });

  it('is connected anew when it falls silent', async () => {
    const server = await rtsp();
    Object.assign(app.rules, { stallMs: 2_000, restartMs: 4_000 });
    await app.services.live.start({ kind: 'network', url: server.url }, window);
    const before = (await app.untilFrame(3)).session!.media.frameCount;
    server.isSilent = true;
    await app.untilLive(({ phase }) => phase === 'stalled');
    await app.untilLive(({ phase, problem }) => phase === 'reconnecting' && problem?.code === 'address-timeout');
    server.isSilent = false;
    await app.untilFrame(before + 2);
    expect(server.plays).toBeGreaterThanOrEqual(2);
  });

  it('is given up after its tries, and what came is open as a clip', async () => {
    const server = await rtsp();
    const { services } = app;
    services.settings.set('live.tries', 2);
    const { operationId: id } = await services.live.start({ kind: 'network', url: server.url }, window);
    await app.untilFrame(4);
    await server.kill();
    expect((await services.operations.ended(id)).state).toBe('done');
    expect(services.sessions.latestState).toMatchObject({ live: null, media: { codec: 'h264' } });
    expect(services.state.notices.at(-1)!.text).toMatch(/no longer live.*could not be reached.*open as a clip/);
    services.settings.reset('live.tries');
  });
});

describe('a window that films', () => {
  it('is recorded as it sends, ends when it goes, and is kept', async () => {
    const { services } = app;
    const path = join(app.folder, 'camera.webm');
    const source = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=192x108:rate=10:duration=4'];
    spawnSync(ffmpeg, [...source, '-c:v', 'libvpx', '-deadline', 'realtime', '-live', '1', '-y', path]);
    const data = await readFile(path);
    const { operationId: id } = await services.live.start({ kind: 'window', name: 'Front camera' }, window);
    expect(services.sessions.latestState!.live).toMatchObject({ phase: 'connecting', title: 'Front camera' });
    for (let at = 0; at < data.length; at += 10_000) await services.live.append(id, Uint8Array.from(data.subarray(at, at + 10_000)));
    await app.untilLive(({ buffer }) => (buffer?.to ?? 0) >= 3);
    expect(services.sessions.latestState!.media).toMatchObject({ codec: 'vp8', width: 192 });
    await services.live.release({});
    expect(services.live.isLive).toBe(true);
    await services.live.release(window);
    expect((await services.operations.ended(id)).state).toBe('done');
    expect(services.sessions.latestState).toMatchObject({ live: null, media: { name: 'Front camera.mkv', frameCount: 40 } });
    await expect(services.live.append(id, new Uint8Array(1))).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('that never sends anything leaves nothing', async () => {
    const { services } = app;
    const { operationId: id } = await services.live.start({ kind: 'window', name: 'Camera' }, window);
    await services.live.stopAll();
    expect((await services.operations.ended(id)).state).toBe('cancelled');
    expect(services.sessions.latestState).toBeNull();
    expect(await readdir(join(app.folder, 'live'))).toEqual([]);
  });

  it('that sends no video is told so', async () => {
    const { services } = app;
    const { operationId: id } = await services.live.start({ kind: 'window', name: 'Camera' }, window);
    await services.live.append(id, Uint8Array.from(Buffer.alloc(100_000, 7)));
    expect((await services.operations.ended(id)).error).toMatchObject({ code: 'source-unreadable' });
  });
});
