/**
 * The web host with a real engine on loopback: who may talk to it, the contract over a WebSocket, and an engine that
 * dies.
 */
import { execFileSync } from 'node:child_process';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { makeServices } from '../../src/main/cli/headless.ts';
import { pathPolicy } from '../../src/main/cli/serve-command.ts';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import type { Services } from '../../src/main/services/app/services.ts';
import { exportUrl, startWebHost, type WebHost } from '../../src/main/web/server.ts';
import { fileInside } from '../../src/main/web/static-files.ts';
import { contentSecurityPolicy } from '../../src/shared/content-security-policy.ts';
import { makeTempFolder, root, sampleClip } from '../cli/run-cli.ts';
import { TestWindow, token } from './test-window.ts';

let folder: Awaited<ReturnType<typeof makeTempFolder>>;
let services: Services;
let host: WebHost;
/** So long that no machine has tracked it before a run is cancelled. */
let longClip: string;

beforeAll(async () => {
  folder = await makeTempFolder();
  longClip = join(folder.path, 'long.mkv');
  const input = ['-stream_loop', '39', '-i', sampleClip];
  execFileSync(await findFfmpeg(), ['-v', 'error', ...input, '-an', '-c', 'copy', longClip]);
  services = await makeServices(
    {},
    { exportRoot: folder.path, outputUrl: exportUrl, checkPath: pathPolicy([folder.path, join(root, 'resources'), dirname(sampleClip)]) },
  );
  services.engine.require();
  host = await startWebHost({ services, rendererDir: join(root, 'src/renderer'), port: 0, token });
});
afterAll(async () => {
  await host.close();
  await services.close();
  await folder.remove();
});

const request = (
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> =>
  new Promise((resolve, reject) => {
    httpGet({ host: '127.0.0.1', port: host.port, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }));
    }).on('error', reject);
  });

const upgradeStatus = (path: string, headers: Record<string, string> = {}): Promise<number> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { headers });
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('open', () => resolve(101));
    socket.on('error', () => {});
  });

describe('who may talk to it', () => {
  it('serves the window with a strict policy', async () => {
    const { status, headers } = await request('/');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-security-policy': contentSecurityPolicy(),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringMatching(/^camera=\(self\), microphone=\(\), geolocation=\(\), display-capture=\(\)/),
    });
  });

  it('answers nothing but GET and HEAD', async () => {
    for (const [method, status] of [
      ['HEAD', 200],
      ['POST', 405],
      ['PUT', 405],
      ['OPTIONS', 405],
    ] as const)
      expect((await fetch(`http://127.0.0.1:${host.port}/`, { method })).status).toBe(status);
  });

  it('listens on this machine alone', async () => {
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((address) => address !== undefined && !address.internal && address.family === 'IPv4');
    for (const { address } of others as { address: string }[])
      await expect(
        new Promise((resolve, reject) => connect(host.port, address).once('connect', resolve).once('error', reject)),
      ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(host.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=/);
  });

  it.each(['evil.example', '127.0.0.1.evil.example:80', 'localhost'])('refuses the host name "%s"', async (name) => {
    expect((await request('/', { host: name })).status).toBe(403);
    expect(await upgradeStatus(`/ws?token=${token}`, { host: name })).toBe(403);
  });

  it('refuses a page of another site', async () => {
    expect((await request('/', { origin: 'http://evil.example' })).status).toBe(403);
    expect(await upgradeStatus(`/ws?token=${token}`, { origin: 'http://evil.example' })).toBe(403);
  });

  it.each(['/ws', '/ws?token=', '/ws?token=wrong', `/other?token=${token}`])('refuses a socket at %s', async (path) => {
    expect(await upgradeStatus(path)).toBe(403);
  });

  it.each(['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '/%5c..%5cpackage.json', '/%00', '/%zz'])(
    'has no file at %s',
    async (path) => {
      expect((await request(path)).status).toBe(404);
    },
  );

  it.each(['/../package.json', '/../renderer-not/index.html', '/a/../../package.json', '/..', '/..%2f..%2fetc/hostname'])(
    'has no file at %s, should a path come as it was written',
    (path) => expect(fileInside('/app/renderer', path)).toBeNull(),
  );

  it('answers nonsense with an error and goes on', async () => {
    const client = await TestWindow.open(host.port);
    for (const [m, a] of [
      ['no.such', {}],
      ['session.open', {}],
      ['session.open', { path: 7 }],
      ['prompt.set', { objectId: 1, frame: -1, points: [], box: null }],
    ] as const) {
      expect(await client.call(m, a)).toMatchObject({ t: 'err', e: { code: 'bad-request' } });
    }
    expect(await client.call('session.open', { path: '/etc/passwd' })).toMatchObject({ t: 'err', e: { code: 'not-allowed' } });
    expect(await client.call('session.open', { path: join(root, 'resources/../package.json') })).toMatchObject({
      t: 'err',
      e: { code: 'not-allowed' },
    });
    expect(await client.call('frame.get', { requestId: 1, frame: 0, maxWidth: 640, maxHeight: 360 })).toMatchObject({
      t: 'err',
      e: { code: 'session-unknown' },
    });
    client.close();
  });
});

describe('the main job over the contract', () => {
  it('opens, shows, prompts, tracks, exports; two windows see the same; the engine may die', async () => {
    const client = await TestWindow.open(host.port);
    const second = await TestWindow.open(host.port);
    expect(await client.call('session.open', { path: sampleClip })).toMatchObject({ t: 'res' });
    await second.until(() => second.state?.session?.media.frameCount === 132);

    await client.call('frame.get', { requestId: 9, frame: 60, maxWidth: 640, maxHeight: 480 });
    const picture = client.frames.find(({ requestId }) => requestId === 9)!;
    expect([picture.width, picture.height, picture.frame, picture.timeMs]).toEqual([640, 360, 60, 2400]);
    expect(new Set(picture.planes.subarray(0, 640 * 360)).size).toBeGreaterThan(50);
    expect(second.frames.some(({ requestId }) => requestId === 9)).toBe(false);

    const added = await client.call('object.add', { name: 'Rabbit' });
    expect(added).toMatchObject({ r: { objectId: 1 } });
    expect(await client.call('prompt.set', { objectId: 1, frame: 60, points: [{ x: 575, y: 380, label: 1 }], box: null })).toMatchObject({
      t: 'res',
    });
    await second.until(() => second.frames.some(({ frame, overlays }) => frame === 60 && overlays.length === 1));
    expect(await client.call('prompt.set', { objectId: 1, frame: 60, points: [{ x: 9999, y: 1, label: 1 }], box: null })).toMatchObject({
      e: { code: 'prompt-outside-frame' },
    });

    const started = await client.call('track.start', { direction: 'forward', to: 80 });
    expect(started).toMatchObject({ t: 'res' });
    expect(await client.call('track.start', { direction: 'forward' })).toMatchObject({ e: { code: 'busy' } });
    await client.until(() => client.state?.operations.at(-1)?.state === 'done');
    expect(client.state!.session!.objects[0]!.results).toEqual([[60, 80]]);
    expect(client.frames.some(({ requestId, frame, width }) => requestId === 0 && frame > 60 && width > 0)).toBe(true);

    process.kill(services.engine.pid!, 'SIGKILL');
    await client.until(() => client.state?.engine.state === 'restarting');
    await client.until(() => client.state?.engine.state === 'ready');
    expect(client.state!.session!.objects[0]).toMatchObject({ name: 'Rabbit', results: [[60, 80]], prompts: [{ frame: 60 }] });
    await client.call('track.start', { direction: 'forward', to: 90 });
    await client.until(() => client.state?.session?.objects[0]?.results[0]?.[1] === 90 && client.state.operations.at(-1)?.state === 'done');

    await client.call('export.start', { video: true, masks: false, json: true });
    await client.until(() => client.state?.operations.at(-1)?.kind === 'export' && client.state.operations.at(-1)!.state === 'done');
    const { outputs } = client.state!.operations.at(-1)!;
    const video = outputs.find(({ name }) => name === 'annotated.mp4')!;
    expect((await request(video.url!)).status).toBe(404);
    const part = await request(`${video.url}?token=${token}`, { range: 'bytes=4-7' });
    expect([part.status, part.body.toString('latin1')]).toEqual([206, 'ftyp']);
    expect((await request(`${video.url}?token=${token}`, { range: 'bytes=99999999-' })).status).toBe(416);

    await client.call('object.remove', { objectId: 1 });
    await client.until(() => client.state?.session?.objects.length === 0);
    client.close();
    second.close();
  });

  it('gives each of several windows the pictures it asks for, wherever the others are, and lets a window drop its own', async () => {
    const windows = [await TestWindow.open(host.port), await TestWindow.open(host.port)];
    await windows[0]!.call('session.openSample');
    const ask = (window: number, requestId: number, frame: number, maxWidth: number, until?: number) =>
      windows[window]!.call('frame.get', { requestId, frame, maxWidth, maxHeight: 360, ...(until !== undefined && { until }) });
    const asked: Promise<unknown>[] = [];
    for (let i = 0; i < 6; i++) {
      // All at once, far apart, and in sizes of their own.
      asked.push(
        ...[
          ask(0, 20 + 2 * i, 5 + i, 640),
          ask(1, 20 + 2 * i, 110 - i, 320),
          ask(0, 21 + 2 * i, 30, 160, 60),
          ask(1, 21 + 2 * i, 90, 160, 100),
        ],
      );
      const answers = await Promise.all(asked.splice(0));
      expect(answers.map((answer) => (answer as { t: string }).t)).toEqual(['res', 'res', 'res', 'res']);
    }
    const shown = windows.map(({ frames }) => frames.filter(({ requestId, width }) => requestId >= 20 && requestId % 2 === 0 && width > 0));
    expect(shown.map((frames) => frames.map(({ frame, width }) => [frame, width]))).toEqual([
      [5, 6, 7, 8, 9, 10].map((frame) => [frame, 640]),
      [110, 109, 108, 107, 106, 105].map((frame) => [frame, 320]),
    ]);
    const [former, newer, other] = await Promise.all([ask(0, 40, 80, 640), ask(0, 42, 20, 640), ask(1, 40, 60, 320)]);
    expect([former, newer, other]).toMatchObject([{ t: 'err', e: { code: 'cancelled' } }, { t: 'res' }, { t: 'res' }]);
    for (const window of windows) window.close();
  });

  it('cancels, and keeps what was done', async () => {
    const client = await TestWindow.open(host.port);
    await client.call('session.open', { path: longClip });
    await client.call('object.add');
    await client.call('prompt.set', { objectId: 1, frame: 0, points: [], box: { x: 60, y: 240, width: 190, height: 180 } });
    const started = await client.call('track.start', { direction: 'forward' });
    const { operationId } = (started as { r: { operationId: string } }).r;
    const running = () => client.state?.operations.find(({ id }) => id === operationId);
    await client.until(() => (running()?.done ?? 0) > 3);
    const seen = running()!.done;
    await client.call('operation.cancel', { operationId });
    await client.until(() => running()?.state !== 'running');
    expect(running()!.state).toBe('cancelled');
    const [range] = client.state!.session!.objects[0]!.results;
    expect(range![0]).toBe(0);
    expect(range![1]).toBeGreaterThanOrEqual(seen - 1);
    expect(range![1]).toBeLessThan(client.state!.session!.media.frameCount - 1);
    client.close();
  });

  it('takes prompts, objects and undo while a run goes both ways, and goes on with them to both ends', async () => {
    const client = await TestWindow.open(host.port);
    await client.call('session.openSample');
    const added = (await client.call('object.add')) as { r: { objectId: number } };
    const first = added.r.objectId;
    await client.call('prompt.set', { objectId: first, frame: 100, points: [{ x: 470, y: 340, label: 1 }], box: null });
    const started = (await client.call('track.start', { direction: 'both', from: 90, to: 112 })) as { r: { operationId: string } };
    const running = () => client.state?.operations.find(({ id }) => id === started.r.operationId);
    const objects = () => client.state!.session!.objects;
    await client.until(() => (running()?.done ?? 0) > 2);
    expect(
      await client.call('prompt.set', { objectId: first, frame: 101, points: [{ x: 1000, y: 600, label: 0 }], box: null }),
    ).toMatchObject({ t: 'res' });
    // Sent before the click is answered, and yet behind it in the history.
    const click = client.call('prompt.set', {
      objectId: first,
      frame: 101,
      points: [
        { x: 1000, y: 600, label: 0 },
        { x: 990, y: 610, label: 0 },
      ],
      box: null,
    });
    const second = ((await client.call('object.add')) as { r: { objectId: number } }).r.objectId;
    await click;
    expect(await client.call('history.undo')).toMatchObject({ r: { label: 'Add object' } });
    await client.call('history.redo');
    await client.call('prompt.set', { objectId: second, frame: 102, points: [{ x: 1000, y: 600, label: 1 }], box: null });
    await client.call('history.undo');
    await client.call('prompt.set', { objectId: second, frame: 103, points: [], box: { x: 900, y: 500, width: 200, height: 150 } });
    await client.until(() => running()?.state !== 'running');
    expect(running()).toMatchObject({ state: 'done', error: null });
    // The session's state comes on its own.
    await client.until(() => objects().every(({ results, stale }) => !stale && results[0]?.[1] === 112));
    expect(objects().map(({ results, stale }) => ({ results, stale }))).toEqual([
      { results: [[90, 112]], stale: false },
      { results: [[90, 112]], stale: false },
    ]);
    client.close();
  });

  it('measures the model at work, and refuses to while a run is under way', async () => {
    const client = await TestWindow.open(host.port);
    expect(await client.call('model.measure')).toMatchObject({ t: 'res' });
    // The state comes after the answer.
    await client.until(() => client.state!.models.speeds.some(({ objects }) => objects === 1));
    const { speeds, active } = client.state!.models;
    expect(speeds.find(({ objects }) => objects === 1)).toMatchObject({
      id: active!.id,
      imageSize: active!.imageSize,
      provider: active!.provider,
    });
    expect(speeds[0]!.framesPerSecond).toBeGreaterThan(0);
    const measuring = () => client.state!.operations.find(({ kind }) => kind === 'measure');
    await client.until(() => measuring() === undefined);

    const again = client.call('model.measure');
    await client.until(() => measuring() !== undefined);
    await client.call('operation.cancel', { operationId: measuring()!.id });
    // Cancelled is no failure, and nothing is measured by it.
    expect(await again).toMatchObject({ t: 'res' });
    await client.until(() => measuring() === undefined && !client.state!.models.isMeasuring);
    expect(client.state!.models.speeds).toEqual(speeds);
    await client.call('session.open', { path: longClip });
    const { objectId } = ((await client.call('object.add')) as { r: { objectId: number } }).r;
    await client.call('prompt.set', { objectId, frame: 0, points: [], box: { x: 60, y: 240, width: 190, height: 180 } });
    const { operationId } = ((await client.call('track.start', { direction: 'forward' })) as { r: { operationId: string } }).r;
    expect(await client.call('model.measure')).toMatchObject({ e: { code: 'busy' } });
    await client.call('operation.cancel', { operationId });
    await client.until(() => client.state?.operations.find(({ id }) => id === operationId)?.state === 'cancelled');
    client.close();
  });
});
