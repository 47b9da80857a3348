/** Live sources over real connections: shown, recorded and tracked as they come, and a clip with all of it when they end. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeServices } from '../../src/main/cli/headless.ts';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import type { AppServices } from '../../src/main/services/app-services.ts';
import type { AppState } from '../../src/shared/contract.ts';
import { decodeFrameMessage, type FrameMessage } from '../../src/shared/wire.ts';

let folder: string;
let ffmpeg: string;
let services: AppServices;
const ending: (() => unknown)[] = [];
const pushed: FrameMessage[] = [];
const window = {};

const until = (check: (state: AppState) => boolean): Promise<AppState> =>
  new Promise((resolve, reject) => {
    const look = (state: AppState): boolean => {
      if (!check(state)) return false;
      off();
      clearTimeout(timer);
      resolve(state);
      return true;
    };
    const off = services.onState(look);
    const timer = setTimeout(() => {
      off();
      reject(new Error(`waited in vain; live: ${JSON.stringify(services.state.session?.live)}, ${JSON.stringify(services.state.notices)}`));
    }, 60_000);
    look(services.state);
  });

/** A moving square, endless or not, as an MPEG transport stream over HTTP at its own pace. */
const serveTs = async (seconds: number | null): Promise<string> => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'video/mp2t' });
    const source = `testsrc2=size=320x180:rate=10${seconds === null ? '' : `:duration=${seconds}`}`;
    const args = ['-v', 'error', '-re', '-f', 'lavfi', '-i', source, '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency'];
    const child = spawn(ffmpeg, [...args, '-g', '10', '-pix_fmt', 'yuv420p', '-f', 'mpegts', 'pipe:1'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.pipe(response);
    response.on('close', () => child.kill('SIGKILL'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ending.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/live.ts`;
};

beforeAll(async () => {
  ffmpeg = await findFfmpeg();
  folder = await mkdtemp(join(tmpdir(), 'sam2-live-'));
  services = await makeServices(
    { model: 'nano' },
    { dataDir: folder, keepsProjects: true, liveRules: { firstPauseMs: 50, longestPauseMs: 200 } },
  );
  services.requireEngine();
  services.connect({ send: () => {}, sendBinary: (data) => void pushed.push(decodeFrameMessage(data)) });
});
afterEach(async () => {
  await services.live.stop();
  await Promise.all(ending.splice(0).map((end) => end()));
  pushed.length = 0;
});
afterAll(async () => {
  await services.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a stream', () => {
  it('is shown as it comes, tracked from a click on, and a clip with all of it when it is stopped', async () => {
    const url = await serveTs(null);
    const id = await services.live.start({ kind: 'network', url }, window);
    await until(({ session }) => session?.live?.phase === 'live' && (session.live.buffer?.to ?? 0) >= 3);
    expect(services.state.session).toMatchObject({ media: { width: 320, height: 180, codec: 'h264' }, live: { isTracking: false } });
    const objectId = services.session.addObject('Square');
    await services.session.setPoints(objectId, 2, [{ x: 160, y: 90, label: 1 }], null);
    const state = await until(({ session }) => (session?.objects[0]?.results.at(-1)?.[1] ?? 0) >= 12);
    expect(state.session!.live).toMatchObject({ isTracking: true, problem: null });
    expect(state.session!.objects[0]!.results[0]![0]).toBe(2);
    expect(pushed.length).toBeGreaterThan(5);
    expect(() => services.startTrack({ direction: 'forward' })).toThrow(/live/);
    const live = services.session;
    const masks = live.store.frames(objectId).length;
    await services.live.stop();
    expect((await services.operations.ended(id)).state).toBe('done');
    const clip = services.state.session!;
    expect(clip.live).toBeNull();
    expect(clip.media.frameCount).toBeGreaterThan(12);
    expect(clip.objects).toMatchObject([{ name: 'Square', prompts: [{ points: [{ x: 160, y: 90 }] }], stale: false }]);
    const kept = services.session.store.frames(objectId).length;
    expect(kept).toBeGreaterThanOrEqual(masks);
    expect(services.state.recents[0]).toMatchObject({ missing: false });
  });
});
