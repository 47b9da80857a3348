import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeFrames } from './decode.ts';
import { findFfmpeg } from './ffmpeg-binary.ts';
import { FrameReader, type FrameReaderOptions } from './frame-reader.ts';
import { type ProbeResult, probe } from './probe.ts';
import { type ClipName, type Clips, makeClips } from './testing/make-clips.ts';

const display = { width: 64, height: 48 };
let clips: Clips;
let ffmpeg: string;
const opened = new Map<ClipName, { source: ProbeResult; expected: Uint8Array[] }>();

beforeAll(async () => {
  ffmpeg = await findFfmpeg();
  const names: ClipName[] = ['cfr', 'vfr', 'transportStream'];
  clips = await makeClips(names);
  for (const name of names) {
    const source = await probe(clips.path(name), { ffmpeg });
    const expected: Uint8Array[] = [];
    const all = { ...source, path: source.info.path, start: 0, end: source.index.length - 1, display, model: null, ffmpeg };
    for await (const { display: planes } of decodeFrames(all)) expected.push(planes!);
    opened.set(name, { source, expected });
  }
});
afterAll(() => clips.remove());

const isSame = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean => Buffer.compare(a!, b!) === 0;
const openReader = (name: ClipName, change: Partial<FrameReaderOptions> = {}) => {
  const { source, expected } = opened.get(name)!;
  return { reader: new FrameReader({ ...source, path: source.info.path, display, ffmpeg, ...change }), expected };
};

/** A fixed sequence of frame numbers that looks random. */
const scattered = (count: number, length: number): number[] => {
  let state = 12345;
  return Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * length);
  });
};

describe('FrameReader', () => {
  it.each(['cfr', 'vfr', 'transportStream'] as const)('gives exactly the frame asked for, wherever it is: %s', async (name) => {
    // A cache of three frames, so that seeks really happen.
    const { reader, expected } = openReader(name, { maxBytes: 3 * 4608 });
    for (const frame of scattered(40, expected.length))
      expect(isSame(await reader.get(frame), expected[frame]), `frame ${frame}`).toBe(true);
    reader.close();
  });

  it('steps forward with one decoder and backward with few', async () => {
    let spawned = 0;
    const { reader, expected } = openReader('cfr', { onSpawn: () => spawned++ });
    for (let frame = 0; frame < expected.length; frame++)
      expect(isSame(await reader.get(frame), expected[frame]), `forward ${frame}`).toBe(true);
    expect(spawned).toBe(1);
    for (let frame = expected.length - 1; frame >= 0; frame--) expect(isSame(await reader.get(frame), expected[frame])).toBe(true);
    // All of it fits the cache.
    expect(spawned).toBe(1);
    reader.close();

    spawned = 0;
    const backward = openReader('cfr', { onSpawn: () => spawned++ });
    for (let frame = expected.length - 1; frame >= 0; frame--) {
      expect(isSame(await backward.reader.get(frame), expected[frame]), `backward ${frame}`).toBe(true);
    }
    expect(spawned).toBeLessThan(expected.length / 6);
    backward.reader.close();
  });

  it('answers the newest request and cancels the others', async () => {
    const { reader, expected } = openReader('vfr');
    const requests = [60, 5, 40, 70, 12].map((frame) => reader.get(frame));
    const results = await Promise.allSettled(requests);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected', 'fulfilled']);
    for (const result of results.slice(0, 4)) expect(result).toMatchObject({ reason: { code: 'cancelled' } });
    expect(isSame(await requests[4], expected[12])).toBe(true);
    reader.close();
  });

  it('holds no more than its bound', async () => {
    const bytes = 4608;
    const { reader, expected } = openReader('cfr', { maxBytes: 10 * bytes });
    for (let frame = 0; frame < expected.length; frame++) {
      await reader.get(frame);
      expect(reader.cachedBytes).toBeLessThanOrEqual(10 * bytes);
    }
    reader.close();
    expect(reader.cachedBytes).toBe(0);
  });

  it('recovers after its decoder was killed', async () => {
    const pids: number[] = [];
    const { reader, expected } = openReader('cfr', { maxBytes: 4608, onSpawn: (pid) => pids.push(pid!) });
    await reader.get(3);
    process.kill(pids[0]!, 'SIGKILL');
    // The frame after next may have been decoded already; a far one needs a decoder either way.
    expect(isSame(await reader.get(70), expected[70])).toBe(true);
    reader.close();
  });

  it('refuses frames outside the clip, and everything once closed', async () => {
    const { reader, expected } = openReader('cfr');
    await expect(reader.get(expected.length)).rejects.toMatchObject({ code: 'frame-out-of-range' });
    const open = reader.get(50);
    reader.close();
    await expect(open).rejects.toMatchObject({ code: 'cancelled' });
    await expect(reader.get(0)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
