import { chmod, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from './ffmpeg-binary.ts';
import { inputArgs } from './ffmpeg-process.ts';
import { FrameIndex } from './frame-index.ts';
import { probe } from './probe.ts';
import { type ClipName, type Clips, ffprobeFramePts, makeClips } from './testing/make-clips.ts';

const good: ClipName[] = [
  'cfr',
  'silent',
  'vfr',
  'odd',
  'aspect',
  'fullRange',
  'single',
  'tenBit',
  'alpha',
  'onePixel',
  'rotated',
  'editList',
  'transportStream',
  'openGop',
  'matroska',
  'packedAvi',
  'truncated',
  'long',
];
const bad: ClipName[] = ['audioOnly', 'song', 'truncatedNoIndex', 'notVideo', 'noise', 'zeroByte'];

let clips: Clips;
let ffmpeg: string;

beforeAll(async () => {
  ffmpeg = await findFfmpeg();
  clips = await makeClips([...good, ...bad]);
});
afterAll(() => clips.remove());

const open = (name: ClipName) => clips.open(name);

describe('frame index', () => {
  it.each(good)('lists exactly the frames that the decoder yields: %s', async (name) => {
    const { index, info } = await open(name);
    const decoded = await ffprobeFramePts(clips.path(name));
    const listed = Array.from({ length: index.length }, (_, i) => index.ptsTicks(i));
    // ffprobe gives no time to some frames of an AVI with packed B-frames; their number still counts.
    if (name === 'packedAvi') expect(listed.length).toBe(decoded.length);
    else expect(listed).toEqual(decoded);
    expect(info.frameCount).toBe(decoded.length);
  });

  it('tells constant from variable frame rate', async () => {
    for (const name of ['cfr', 'silent', 'matroska', 'single'] as const)
      expect((await open(name)).info.isVariableFrameRate, name).toBe(false);
    expect((await open('vfr')).info.isVariableFrameRate).toBe(true);
  });

  it('finds the frame on screen at a time', async () => {
    const { index } = await open('vfr');
    for (let i = 0; i < index.length; i++) expect(index.frameAtTime(index.timeMs(i))).toBe(i);
    for (let i = 1; i < index.length; i++) expect(index.frameAtTime(index.timeMs(i) - 0.1)).toBe(i - 1);
    expect(index.frameAtTime(-5)).toBe(0);
    expect(index.frameAtTime(1e9)).toBe(index.length - 1);
  });

  it('refuses frames outside the clip', async () => {
    const { index } = await open('single');
    expect(() => index.ptsTicks(1)).toThrow(expect.objectContaining({ code: 'frame-out-of-range' }));
    expect(() => index.ptsTicks(-1)).toThrow(expect.objectContaining({ code: 'frame-out-of-range' }));
    expect(() => index.ptsTicks(0.5)).toThrow(expect.objectContaining({ code: 'frame-out-of-range' }));
  });

  it('tells how far it is, in bytes while it lists', async () => {
    const told: [number, number][] = [];
    const path = clips.path('long');
    await probe(path, { ffmpeg, onProgress: (done, total) => told.push([done, total]) });
    const { size } = await stat(path);
    expect(told.length).toBe(3);
    expect(told.every(([done, total], i) => total === size && done <= total && done > (told[i - 1]?.[0] ?? 0))).toBe(true);
  });

  it('can be given up while it lists', async () => {
    const ending = new AbortController();
    const opening = probe(clips.path('long'), { ffmpeg, signal: ending.signal, onProgress: () => ending.abort() });
    await expect(opening).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('knows the key frames around a frame', () => {
    const index = new FrameIndex([0, 1, 2, 3, 4, 5], { num: 1, den: 25 }, 1, [3, 0]);
    expect(index.keysAround(0)).toEqual({ before: 0, after: 3 });
    expect(index.keysAround(2)).toEqual({ before: 0, after: 3 });
    expect(index.keysAround(3)).toEqual({ before: 3, after: null });
    expect([index.keyFrameIn(0, 2), index.keyFrameIn(1, 3), index.keyFrameIn(1, 4), index.keyFrameIn(4, 99)]).toEqual([0, null, 3, null]);
    expect(new FrameIndex([0, 1], { num: 1, den: 25 }).keysAround(1)).toEqual({ before: null, after: null });
  });

  it('begins at a negative time, and counts every frame of those with one time', () => {
    const index = FrameIndex.repaired([-10, 0, 10, 10, 20], { num: 1, den: 1000 }, 10, [-10, 10]);
    expect(index.length).toBe(5);
    expect(index.ptsTicks(0)).toBe(-10);
    expect(index.timeMs(0)).toBe(0);
    expect(Array.from({ length: 5 }, (_, i) => index.timeMs(i))).toEqual([0, 10, 20, 25, 30]);
    expect([index.sourceTicks(3), index.anchorOf(3), index.anchorOf(4)]).toEqual([10, 2, 4]);
    expect([index.isAscending, index.keyFrameIn(1, 4)]).toEqual([true, 2]);
    expect(index.durationMs).toBe(40);
    expect(index.repair).toMatchObject({ equal: 1 });
    expect(FrameIndex.repaired([0, 40, 0, 40], { num: 1, den: 1000 }).isAscending).toBe(false);
  });
});

describe('description', () => {
  it('tells rate, length and sound', async () => {
    const { info } = await open('cfr');
    expect(info).toMatchObject({ width: 320, height: 240, codec: 'h264', hasAudio: true, audioCodec: 'aac', frameCount: 75 });
    expect(info.averageFps).toBeCloseTo(25, 6);
    expect(info.durationMs).toBeCloseTo(3000, 3);
    expect((await open('silent')).info.hasAudio).toBe(false);
  });

  it('gives the size on screen: turned, square pixels, odd', async () => {
    expect((await open('rotated')).info).toMatchObject({ width: 240, height: 320 });
    expect((await open('aspect')).info).toMatchObject({ width: 320, height: 120 });
    expect((await open('odd')).info).toMatchObject({ width: 321, height: 241 });
  });

  it('tells the range and guesses the matrix by size', async () => {
    expect((await open('fullRange')).info).toMatchObject({ fullRange: true, colorSpace: 'bt601' });
    expect((await open('truncated')).info).toMatchObject({ fullRange: false, colorSpace: 'bt709' });
  });

  it('says that a file is cut off, and lists what is left', async () => {
    const { info } = await open('truncated');
    expect(info.damage).toBe('cut-short');
    expect(info.frameCount).toBeGreaterThan(10);
    expect(info.frameCount).toBeLessThan(100);
    expect((await open('cfr')).info.damage).toBeNull();
  });
});

describe('bad input', () => {
  it.each([
    ['audioOnly', 'source-no-video'],
    ['song', 'source-unreadable'],
    ['truncatedNoIndex', 'source-truncated'],
    ['notVideo', 'source-unreadable'],
    ['noise', 'source-unreadable'],
    ['zeroByte', 'source-empty'],
  ] as const)('%s is %s', async (name, code) => {
    await expect(open(name)).rejects.toMatchObject({ code, message: expect.stringContaining(clips.path(name)) });
  });

  it('says what a file is that is no video', async () => {
    await expect(open('song')).rejects.toThrow(/is not a video file \(mp3\)/);
  });

  it('tells missing files, folders and names that look like options', async () => {
    await expect(probe(join(clips.folder, 'nothing.mp4'), { ffmpeg })).rejects.toMatchObject({ code: 'source-missing' });
    await expect(probe(clips.folder, { ffmpeg })).rejects.toMatchObject({ code: 'source-unreadable' });
    await expect(probe('-version', { ffmpeg })).rejects.toMatchObject({ code: 'source-missing' });
  });

  // Root may read everything, so the check can only be made as another user.
  it.skipIf(process.getuid?.() === 0)('tells a file that may not be read', async () => {
    await chmod(clips.path('noise'), 0);
    await expect(open('noise')).rejects.toMatchObject({ code: 'source-unreadable' });
  });

  it.each([
    ['list.m3u8', '#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\ntransportStream.ts\n#EXT-X-ENDLIST\n'],
    ['list.mp4', 'ffconcat version 1.0\nfile cfr.mp4\n'],
  ])('opens no playlist, which could name other files and hosts: %s', async (name, text) => {
    const list = join(clips.folder, name);
    await writeFile(list, text);
    await expect(probe(list, { ffmpeg })).rejects.toMatchObject({ code: 'source-unreadable' });
  });

  it('gives ffmpeg a file by its whole path, and no other way to a byte', () => {
    expect(inputArgs('-i.mp4').slice(0, 2)).toEqual(['-protocol_whitelist', 'file,pipe']);
    expect(inputArgs('http:x.mp4', ['-ss', '1']).slice(-4)).toEqual(['-ss', '1', '-i', `file:${resolve('http:x.mp4')}`]);
  });

  it('needs ffmpeg', async () => {
    await expect(probe(clips.path('cfr'), { ffmpeg: join(clips.folder, 'no-ffmpeg') })).rejects.toMatchObject({ code: 'ffmpeg-missing' });
  });

  it('can be cancelled', async () => {
    await expect(probe(clips.path('cfr'), { ffmpeg, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });
});
