import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DecodedFrame, type DecodeOptions, decodeFrames, decodeFramesReverse } from './decode.ts';
import { findFfmpeg } from './ffmpeg-binary.ts';
import { FrameIndex } from './frame-index.ts';
import type { ProbeResult } from './probe.ts';
import { decodeStill } from './testing/decode-still.ts';
import { type ClipName, type Clips, makeClips } from './testing/make-clips.ts';

const names: ClipName[] = [
  'silent',
  'cfr',
  'vfr',
  'odd',
  'aspect',
  'rotated',
  'fullRange',
  'editList',
  'transportStream',
  'packedAvi',
  'large',
  'truncated',
  'onePixel',
  'resized',
];
let clips: Clips;
let ffmpeg: string;

beforeAll(async () => {
  ffmpeg = await findFfmpeg();
  clips = await makeClips([...names, 'damaged', 'openGop', 'tenBit', 'alpha']);
});
afterAll(() => clips.remove());

const open = (name: ClipName) => clips.open(name);
const small = { width: 64, height: 48 };
const all = ({ info, index }: ProbeResult, change: Partial<DecodeOptions> = {}): DecodeOptions => ({
  ...{ path: info.path, info, index, start: 0, end: index.length - 1, display: small, model: { size: 32 }, ffmpeg },
  ...change,
});
const collect = async (frames: AsyncIterable<DecodedFrame>): Promise<DecodedFrame[]> => {
  const list: DecodedFrame[] = [];
  for await (const frame of frames) list.push(frame);
  return list;
};
const isSame = (a: Uint8Array | null | undefined, b: Uint8Array | null | undefined): boolean => Buffer.compare(a!, b!) === 0;
const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

describe('decodeFrames', () => {
  it.each(names)('gives every frame of the index once, in order: %s', async (name) => {
    const source = await open(name);
    const frames = await collect(decodeFrames(all(source)));
    expect(frames.map(({ frame }) => frame)).toEqual(Array.from({ length: source.index.length }, (_, i) => i));
    for (const { frame, timeMs, display, model } of frames) {
      expect(timeMs).toBe(source.index.timeMs(frame));
      expect(display?.byteLength).toBe((64 * 48 * 3) / 2);
      expect(model?.byteLength).toBe(32 * 32 * 3);
      expect(display?.buffer.byteLength).toBe(display?.byteLength);
    }
  });

  it.each(['cfr', 'vfr', 'editList', 'transportStream', 'openGop', 'packedAvi'] as const)(
    'starts exactly at any frame: %s',
    async (name) => {
      const source = await open(name);
      const whole = await collect(decodeFrames(all(source)));
      const { length } = source.index;
      for (const start of [1, 2, 7, 29, 30, 31, length - 2, length - 1]) {
        const end = Math.min(length - 1, start + 2);
        const part = await collect(decodeFrames(all(source, { start, end })));
        expect(part.map(({ frame }) => frame)).toEqual(whole.slice(start, end + 1).map(({ frame }) => frame));
        for (const [i, frame] of part.entries()) {
          expect(isSame(frame.model, whole[start + i]?.model), `model frame ${start}+${i}`).toBe(true);
          expect(isSame(frame.display, whole[start + i]?.display), `planes ${start}+${i}`).toBe(true);
        }
      }
    },
  );

  it('gives odd sizes with rounded-up chroma, and either output alone', async () => {
    const source = await open('odd');
    const [first] = await collect(decodeFrames(all(source, { end: 0, display: { width: 321, height: 241 }, model: null })));
    expect(first?.display?.byteLength).toBe(321 * 241 + 2 * 161 * 121);
    expect(first?.model).toBeNull();
    const [second] = await collect(decodeFrames(all(source, { end: 0, display: null })));
    expect(second?.display).toBeNull();
    expect(second?.model?.byteLength).toBe(32 * 32 * 3);
  });

  it('gives buffers that can be transferred while decoding goes on', async () => {
    const source = await open('cfr');
    let count = 0;
    for await (const { display, model } of decodeFrames(all(source))) {
      structuredClone(null, { transfer: [display!.buffer as ArrayBuffer, model!.buffer as ArrayBuffer] });
      expect(display?.byteLength).toBe(0);
      count++;
    }
    expect(count).toBe(source.index.length);
  });

  it('refuses frames outside the clip', async () => {
    const source = await open('cfr');
    await expect(collect(decodeFrames(all(source, { end: source.index.length })))).rejects.toMatchObject({ code: 'frame-out-of-range' });
  });

  it('lets ffmpeg wait when the consumer does, and kills it when the consumer leaves', async () => {
    const source = await open('large');
    let pid: number | undefined;
    const frames = decodeFrames(all(source, { display: { width: 1280, height: 720 }, model: null, onSpawn: (id) => (pid = id) }));
    expect((await frames.next()).value?.frame).toBe(0);
    expect(isGone(pid!)).toBe(false);
    await frames.return();
    expect(isGone(pid!)).toBe(true);
  });

  it('ends at once when aborted, whatever it is doing', async () => {
    const source = await open('large');
    const abort = new AbortController();
    let pid: number | undefined;
    const frames = decodeFrames(all(source, { signal: abort.signal, onSpawn: (id) => (pid = id) }));
    await frames.next();
    abort.abort();
    await expect(collect(frames)).rejects.toMatchObject({ code: 'cancelled' });
    expect(isGone(pid!)).toBe(true);
    await expect(collect(decodeFrames(all(source, { signal: abort.signal })))).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('says so when ffmpeg is killed midway, after the frames that came', async () => {
    const source = await open('large');
    const seen: number[] = [];
    const decoding = (async () => {
      let pid: number | undefined;
      for await (const { frame } of decodeFrames(all(source, { display: { width: 1280, height: 720 }, onSpawn: (id) => (pid = id) }))) {
        seen.push(frame);
        if (frame === 10) process.kill(pid!, 'SIGKILL');
      }
    })();
    await expect(decoding).rejects.toMatchObject({ code: 'decode-failed', message: expect.stringContaining('SIGKILL') });
    expect(seen.slice(0, 11)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(seen.length).toBeLessThan(20);
  });

  it('gives the frames that are there when the file is shorter than promised', async () => {
    const { info, index } = await open('cfr');
    const promised = Array.from({ length: index.length + 5 }, (_, i) => i * 512);
    const longer = new FrameIndex(promised, index.timeBase);
    const seen: number[] = [];
    const decoding = (async () => {
      for await (const { frame } of decodeFrames(all({ info, index: longer }))) seen.push(frame);
    })();
    await expect(decoding).rejects.toMatchObject({ code: 'source-truncated' });
    expect(seen.length).toBe(index.length);
  });

  it('keeps numbers and times right where the decoder skips a frame', async () => {
    const { info, index } = await open('cfr');
    const withGap = new FrameIndex([0, 512, 700, ...Array.from({ length: 10 }, (_, i) => (i + 2) * 512)], index.timeBase);
    const frames = await collect(decodeFrames(all({ info, index: withGap })));
    expect(frames.map(({ frame }) => frame)).toEqual(Array.from({ length: 13 }, (_, i) => i));
    expect(isSame(frames[2]?.model, frames[3]?.model)).toBe(true);
    expect(isSame(frames[1]?.model, frames[2]?.model)).toBe(false);
  });

  it('gives every number once where the middle of the file is damaged', async () => {
    const source = await open('damaged');
    const frames = await collect(decodeFrames(all(source)));
    expect(frames.map(({ frame }) => frame)).toEqual(Array.from({ length: source.index.length }, (_, i) => i));
  });

  it('turns the picture as the file asks', async () => {
    const upright = await open('rotated');
    const coded = await open('silent');
    const turned = await decodeStill({ ...all(upright), frame: 3, width: 48, height: 64 });
    const flat = await decodeStill({ ...all(coded), frame: 3, width: 64, height: 48 });
    let difference = 0;
    for (let y = 0; y < 48; y++) {
      for (let x = 0; x < 64; x++) {
        // A quarter turn clockwise: the left column becomes the top row.
        for (let c = 0; c < 3; c++) difference += Math.abs(flat.rgb[(y * 64 + x) * 3 + c]! - turned.rgb[(x * 48 + 47 - y) * 3 + c]!);
      }
    }
    expect(difference / flat.rgb.length).toBeLessThan(4);
  });

  it('never runs a file name as an option', async () => {
    const source = await open('cfr');
    const dashed = { ...source, info: { ...source.info, path: '-i' } };
    await expect(collect(decodeFrames(all(dashed)))).rejects.toMatchObject({ code: 'decode-failed' });
  });
});

describe('decodeFramesReverse', () => {
  it('gives the same frames backwards, chunk by chunk', async () => {
    const source = await open('vfr');
    const forward = await collect(decodeFrames(all(source, { start: 3, end: 50 })));
    const backward = await collect(decodeFramesReverse({ ...all(source, { start: 3, end: 50 }), chunk: 10 }));
    expect(backward.map(({ frame }) => frame)).toEqual(forward.map(({ frame }) => frame).reverse());
    for (const [i, frame] of backward.reverse().entries()) expect(isSame(frame.model, forward[i]?.model)).toBe(true);
  });
});

describe('colour', () => {
  /** Mean of one RGB channel. */
  const mean = (rgb: Uint8Array, channel: number): number => {
    let sum = 0;
    for (let i = channel; i < rgb.length; i += 3) sum += rgb[i]!;
    return sum / (rgb.length / 3);
  };

  it('reads limited and full range alike in the model frame', async () => {
    const [limited, full] = [await open('cfr'), await open('fullRange')];
    const a = await decodeStill({ ...all(limited), frame: 0, ...small });
    const b = await decodeStill({ ...all(full), frame: 0, ...small });
    for (const channel of [0, 1, 2]) expect(Math.abs(mean(a.rgb, channel) - mean(b.rgb, channel))).toBeLessThan(4);
  });

  it.each(['tenBit', 'alpha'] as const)('is that of eight bits without transparency: %s', async (name) => {
    const [plain, other] = [await open('cfr'), await open(name)];
    const a = await decodeStill({ ...all(plain), frame: 0, ...small });
    const b = await decodeStill({ ...all(other), frame: 0, ...small });
    for (const channel of [0, 1, 2]) expect(Math.abs(mean(a.rgb, channel) - mean(b.rgb, channel))).toBeLessThan(4);
  });

  it('keeps the range in the planes that the description names', async () => {
    const [full] = await collect(decodeFrames(all(await open('fullRange'), { end: 0 })));
    const [limited] = await collect(decodeFrames(all(await open('cfr'), { end: 0 })));
    const least = (frame: DecodedFrame | undefined): number => Math.min(...frame!.display!.subarray(0, 64 * 48));
    expect(least(full)).toBeLessThan(16);
    expect(least(limited)).toBeGreaterThanOrEqual(12);
  });
});
