/**
 * A live source in the engine, with a made picture for a camera and no model: recorded whole, shown, dropped where
 * nobody keeps up.
 */
import { mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LiveFrameEvent, LiveReport } from '../api/protocol.ts';
import { readTimes } from '../api/recording.ts';
import { findFfmpeg } from '../media/ffmpeg-binary.ts';
import { probe } from '../media/probe.ts';
import { networkRules } from './lifecycle.ts';
import type { LiveAnswer } from './live-follower.ts';
import { LiveSession, type LiveSessionOptions } from './live-session.ts';
import { joinRecording } from './recording.ts';

const timings = { imageEncoder: 0, memoryAttention: 0, maskDecoder: 0, memoryEncoder: 0, inside: 0 };
const size = 16;
let ffmpeg: string;
let folder: string;
const open: LiveSession[] = [];
beforeAll(async () => {
  ffmpeg = await findFfmpeg();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sam2-live-session-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.close()));
  await rm(folder, { recursive: true, force: true });
});

/** @param input what stands for the device */
const start = (input: string[], change: Partial<LiveSessionOptions> = {}) => {
  const frames: Omit<LiveFrameEvent, 'sessionId'>[] = [];
  const reports: LiveReport[] = [];
  const described: { width: number; height: number }[] = [];
  let wake = (): void => {};
  const session = new LiveSession({
    source: { kind: 'camera', deviceId: 'test' },
    ...{ folder, ffmpeg, modelSize: size, known: null, bufferBytes: 2 ** 20, display: { width: 64, height: 64 } },
    rules: { ...networkRules(2), firstPauseMs: 20, longestPauseMs: 40 },
    cameraArgs: () => input,
    startPropagation: async () => [{ id: 1, conditioning: [0] }],
    track: async (): Promise<LiveAnswer> => ({ results: [], timings, workerMs: 0 }),
    onDescribed: async (picture) => void described.push(picture),
    onFrame: async (event) => {
      frames.push(event);
      wake();
    },
    onReport: (report) => {
      reports.push(report);
      wake();
    },
    ...change,
  });
  open.push(session);
  const until = async (check: () => boolean): Promise<void> => {
    while (!check())
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  return { session, frames, reports, described, until };
};
const camera = (rate: number, seconds?: number): string[] => [
  ...['-re', '-f', 'lavfi', '-i', `testsrc2=size=128x96:rate=${rate}${seconds === undefined ? '' : `:duration=${seconds}`}`],
];

describe('a camera', () => {
  it('is recorded whole, and each frame that is shown is a frame of the recording', async () => {
    const { session, frames, described, until } = start(camera(20));
    await until(() => frames.length >= 25);
    await session.close();
    expect(described).toMatchObject([{ width: 128, height: 96, codec: 'h264' }]);
    expect(frames.map(({ frame }) => frame)).toEqual(frames.map((_, i) => i));
    expect(frames[0]!.picture).toMatchObject({ width: 64, height: 48 });
    const times = frames.map(({ timeMs }) => timeMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const clip = join(folder, 'clip.mkv');
    const { segments } = await joinRecording(ffmpeg, folder, clip);
    const { index } = await probe(clip, { ffmpeg });
    const recorded = new Set(Array.from({ length: index.length }, (_, i) => index.ptsTicks(i)));
    const log = readTimes(folder);
    expect(log.length).toBeGreaterThanOrEqual(25);
    for (const { segment, ptsMs } of log) expect(recorded).toContain(ptsMs + segments.find((each) => each.segment === segment)!.offsetMs);
  });

  it.skipIf(process.platform !== 'linux')('is a clip as it is where the disk has no room for a second one', async () => {
    const { session, frames, until } = start(camera(20));
    await until(() => frames.length >= 5);
    await session.close();
    const clip = join(folder, 'clip.mkv');
    await symlink('/dev/full', `${clip}.partial`);
    expect(await joinRecording(ffmpeg, folder, clip)).toEqual({ segments: [{ segment: 0, offsetMs: 0 }] });
    expect((await probe(clip, { ffmpeg })).info.frameCount).toBeGreaterThanOrEqual(5);
  });

  it('has the same view for the model live, and from the recording when the buffer has forgotten it', async () => {
    const { session, frames, until } = start(camera(20), { bufferBytes: 20_000 });
    await until(() => frames.length >= 1);
    const early = await session.modelFrame(0, size);
    expect(early.length).toBe(size * size * 3);
    await until(() => frames.length >= 30);
    // Another one, that was not prompted meanwhile.
    const later = await session.modelFrame(5, size);
    expect(() => session.readFrame(5, null, 64, 64)).toThrow(/no longer in the live buffer/);
    expect(later).not.toEqual(early);
    await session.close();
    const again = start(camera(20), { known: { width: 128, height: 96 } });
    // A fresh engine that goes on with the folder: the same frame, out of the file.
    expect(await again.session.modelFrame(0, size)).toEqual(early);
    await again.until(() => again.frames.length >= 1);
    expect(again.frames[0]!.frame).toBeGreaterThanOrEqual(30);
    expect(again.frames[0]!.timeMs).toBeGreaterThan(frames.at(-1)!.timeMs);
  });

  it('drops what the tracker has no time for, counts it, and records it all the same', async () => {
    const gate = Promise.withResolvers<void>();
    const { session, frames, reports, until } = start(camera(40), {
      track: async () => {
        await gate.promise;
        return { results: [], timings, workerMs: 0 };
      },
    });
    await until(() => frames.length >= 3);
    session.onPrompt({ kind: 'set', objectId: 1, frame: 2 });
    await until(() => (reports.at(-1)?.state.dropped ?? 0) >= 20);
    expect(reports.at(-1)!.state).toMatchObject({ phase: 'live', isTracking: true });
    const bytes = reports.at(-1)!.state.recordedBytes;
    await until(() => reports.at(-1)!.state.recordedBytes > bytes);
    gate.resolve();
    const shown = frames.length;
    await until(() => frames.length > shown + 5);
    await session.close();
    const { info } = await probe(join(folder, 'segment-0.mkv'), { ffmpeg });
    expect(info.frameCount).toBeGreaterThan(readTimes(folder).length + 15);
  });

  it('that ends is tried again, and given up with its reason', async () => {
    const { frames, reports, until } = start(['-f', 'v4l2', '-i', '/dev/no-such-camera']);
    await until(() => reports.at(-1)?.isOver === true);
    expect(reports.at(-1)!.state).toMatchObject({ phase: 'failed', attempt: 2, problem: { code: 'camera-unavailable' } });
    expect(frames).toEqual([]);
    await expect(joinRecording(ffmpeg, folder, join(folder, 'clip.mkv'))).rejects.toMatchObject({ code: 'source-empty' });
  });

  it('that comes back with another picture is ended, and what came before is kept', async () => {
    let count = 0;
    const { reports, until } = start([], {
      cameraArgs: () => (count++ === 0 ? camera(20, 1) : ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=96x96:rate=20']),
    });
    await until(() => reports.at(-1)?.isOver === true);
    expect(reports.at(-1)!.state).toMatchObject({ phase: 'failed', problem: { code: 'source-changed' } });
    expect((await stat(join(folder, 'segment-0.mkv'))).size).toBeGreaterThan(1000);
  });
});
