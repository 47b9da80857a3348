/**
 * Two cameras and a file for a while, with one thing after another going wrong: every fault is counted once, every
 * stream
 * comes back with its objects under their ids, and memory stays flat. `npm run soak` takes half an hour and goes
 * through
 * all ten kinds again and again; in `npm test` it is a few of them.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import { RtspServer } from '../live/rtsp-server.ts';
import { StreamApp, square } from './stream-app.ts';
import { TsServer } from './ts-server.ts';

/** What the disk says it has; null = the truth. */
const disk = vi.hoisted(() => ({ free: null as number | null }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const statfs = async (path: string) => (disk.free === null ? real.statfs(path) : { bsize: 1, bavail: disk.free });
  return { ...real, statfs };
});

const minutes = Number(process.env.SAM2_VIDEO_SOAK_MINUTES ?? 0);

let app: StreamApp;
let rtsp: RtspServer;
let http: TsServer;
const ids: Record<'rtsp' | 'http' | 'file', string> = { rtsp: '', http: '', file: '' };
const injected = { rtsp: 0, http: 0, file: 0 };

beforeAll(async () => {
  const ffmpeg = await findFfmpeg({ setting: null });
  // On a loaded machine a second or two without a frame is no silence.
  const liveRules = { stallMs: 6_000, restartMs: 9_000, firstPauseMs: 100, longestPauseMs: 400 };
  app = await StreamApp.start({ liveRules });
  rtsp = new RtspServer(ffmpeg);
  await rtsp.start();
  http = new TsServer(ffmpeg);
  await http.start();
  const clip = join(app.folder, 'clip.mp4');
  const made = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=5:duration=20', '-pix_fmt', 'yuv420p', '-y', clip];
  expect(spawnSync(ffmpeg, made).status).toBe(0);
  const usual = { targetFps: 2, objects: [square], chapterMinutes: 5, retention: { days: 1, gigabytes: 0.1 } };
  ids.rtsp = app.add({ ...usual, name: 'RTSP', source: { kind: 'network', url: rtsp.url } });
  ids.http = app.add({ ...usual, name: 'HTTP', source: { kind: 'network', url: http.url } });
  ids.file = app.add({ ...usual, name: 'File', source: { kind: 'file', path: clip, repeats: true } });
});
afterAll(async () => {
  await app?.end();
  await rtsp?.close();
  http?.close();
});

const all = ['rtsp', 'http', 'file'] as const;
type Who = (typeof all)[number];

const isWell = async (who: Who): Promise<void> => {
  // Each fault is over when the source was connected again.
  await app.until(ids[who], ({ phase, objects, faults, reconnects }) => phase === 'active' && objects === 1 && reconnects === faults);
};

interface Kind {
  who: readonly Who[];
  begin: () => unknown;
  end?: () => unknown;
  /** Takes a while to be noticed, so it is no part of the short form. */
  isSlow?: boolean;
}

const refusal = (mode: TsServer['mode']): Kind => ({
  who: ['http'],
  begin: () => {
    http.mode = mode;
    http.breakOff();
  },
  end: () => {
    http.mode = 'video';
  },
});

const kinds: Record<string, Kind> = {
  break: { who: ['http'], begin: () => http.breakOff() },
  down: { who: ['rtsp'], begin: () => rtsp.kill(), end: () => rtsp.listen() },
  engine: { who: all, begin: () => process.kill(app.services.engine.pid!, 'SIGKILL') },
  missing: { ...refusal('missing'), isSlow: true },
  forbidden: { ...refusal('forbidden'), isSlow: true },
  garbage: { ...refusal('garbage'), isSlow: true },
  silent: {
    who: ['rtsp'],
    begin: () => {
      rtsp.isSilent = true;
    },
    end: () => {
      rtsp.isSilent = false;
    },
    isSlow: true,
  },
  resolution: {
    who: ['rtsp'],
    begin: async () => {
      await rtsp.close();
      await rtsp.start(Object.values(injected).reduce((a, b) => a + b) % 2 ? '480x270' : '320x180');
    },
    isSlow: true,
  },
  codec: {
    who: ['http'],
    begin: () => {
      http.codec = http.codec === 'libx264' ? 'mpeg2video' : 'libx264';
      http.breakOff();
    },
    isSlow: true,
  },
  disk: {
    who: all,
    begin: () => {
      disk.free = 1;
    },
    end: () => {
      disk.free = null;
    },
    isSlow: true,
  },
};

const inject = async (name: string): Promise<void> => {
  const { who, begin, end } = kinds[name]!;
  await begin();
  for (const one of who) injected[one]++;
  for (const one of who) await app.until(ids[one], ({ faults }) => faults >= injected[one]);
  await end?.();
  for (const one of all) await isWell(one);
  for (const one of all) expect([name, one, app.state(ids[one]).faults]).toEqual([name, one, injected[one]]);
};

it('counts what goes wrong, comes back, and keeps its objects', { timeout: (minutes + 3) * 60_000 }, async () => {
  for (const who of all) await isWell(who);
  const names = Object.keys(kinds).filter((name) => minutes > 0 || !kinds[name]!.isSlow);
  expect(Object.keys(kinds)).toHaveLength(10);
  const endMs = performance.now() + minutes * 60_000;
  const memory: number[] = [];
  for (let round = 0; round === 0 || performance.now() < endMs; round++) {
    for (const name of names) {
      const beganMs = performance.now();
      await inject(name);
      const { hostBytes, engineBytes } = await app.services.engine.usage();
      memory.push((hostBytes + (engineBytes ?? 0)) / 2 ** 20);
      if (minutes === 0) continue;
      process.stdout.write(`${name}: ${((performance.now() - beganMs) / 1000).toFixed(1)} s, ${memory.at(-1)!.toFixed(0)} MB\n`);
      if (performance.now() >= endMs) break;
      await pause(Math.max(0, 60_000 - (performance.now() - beganMs)));
    }
  }
  for (const who of all) {
    const { sessionId, faults } = app.state(ids[who]);
    expect(faults).toBe(injected[who]);
    const objects = app.services.sessions.get(sessionId!).edits.list;
    expect(objects.map(({ id, name }) => [id, name])).toEqual([[1, 'Square']]);
  }
  // After the first rounds have warmed everything up.
  const half = memory.slice(Math.floor(memory.length / 2));
  if (minutes >= 10) expect(Math.max(...half)).toBeLessThan(1.2 * Math.max(...memory.slice(0, Math.ceil(memory.length / 2))) + 50);
});
