import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stillHeld } from '../testing/still-held.ts';
import { decodeFrames } from './decode.ts';
import { type EncoderOptions, openEncoder } from './encode.ts';
import { chooseEncoder } from './encoder-args.ts';
import { findFfmpeg } from './ffmpeg-binary.ts';
import { type ProbeResult, probe } from './probe.ts';
import { type ClipName, type Clips, ffprobeFramePts, ffprobeStream, makeClips } from './testing/make-clips.ts';

let clips: Clips;
let ffmpeg: string;

beforeAll(async () => {
  ffmpeg = await findFfmpeg();
  clips = await makeClips(['cfr', 'vfr', 'silent', 'odd', 'transportStream', 'editList', 'fullRange', 'large']);
});
afterAll(() => clips.remove());

const optionsFor = ({ info, index }: ProbeResult, output: string, change: Partial<EncoderOptions> = {}): EncoderOptions => ({
  ...{ output, width: info.width, height: info.height, timeBase: info.timeBase, colorSpace: info.colorSpace, fullRange: info.fullRange },
  ...{ audioFrom: info.path, lastTicks: index.durationTicks(index.length - 1), ffmpeg, preset: 'ultrafast', ...change },
});

/** Decodes and encodes frames from..to; by default all. */
const reencode = async (name: ClipName, output: string, part?: { from: number; to: number }): Promise<ProbeResult> => {
  const source = await probe(clips.path(name), { ffmpeg });
  const { info, index } = source;
  const { from, to } = part ?? { from: 0, to: index.length - 1 };
  const range = part === undefined ? {} : { rangeMs: { start: index.timeMs(from), end: index.timeMs(to) } };
  const encoder = await openEncoder(optionsFor(source, output, range));
  const display = { width: info.width, height: info.height };
  for await (const frame of decodeFrames({ path: info.path, info, index, start: from, end: to, display, model: null, ffmpeg })) {
    await encoder.write(frame.display!, index.ptsTicks(frame.frame));
  }
  await encoder.finish();
  return source;
};

const leftovers = async (): Promise<string[]> => (await readdir(clips.folder)).filter((name) => name.includes('.partial-'));

describe('openEncoder', () => {
  it.each(['cfr', 'vfr', 'silent', 'editList', 'odd'] as const)('keeps the time of every frame: %s', async (name) => {
    const output = join(clips.folder, `out-${name}.mp4`);
    const { info } = await reencode(name, output);
    expect(await ffprobeFramePts(output)).toEqual(await ffprobeFramePts(clips.path(name)));
    expect(await ffprobeStream(output, 'v:0', 'time_base')).toBe(`${info.timeBase.num}/${info.timeBase.den}`);
    expect(await ffprobeStream(output, 'v:0', 'codec_name')).toBe('h264');
    expect(await leftovers()).toEqual([]);
  });

  it('starts a recording whose clock began long ago at 0, with the same steps', async () => {
    const output = join(clips.folder, 'out-ts.mp4');
    await reencode('transportStream', output);
    const source = await ffprobeFramePts(clips.path('transportStream'));
    expect(await ffprobeFramePts(output)).toEqual(source.map((pts) => pts - source[0]!));
  });

  it('copies the sound, packet by packet', async () => {
    const output = join(clips.folder, 'out-sound.mp4');
    await reencode('cfr', output);
    expect(await ffprobeStream(output, 'a:0', 'codec_name')).toBe('aac');
    expect(await ffprobeStream(output, 'a:0', 'nb_frames')).toBe(await ffprobeStream(clips.path('cfr'), 'a:0', 'nb_frames'));
    await reencode('silent', output);
    expect(await ffprobeStream(output, 'a:0', 'codec_name')).toBe('');
  });

  it('writes a part: times from 0, sound as long as the picture', async () => {
    const output = join(clips.folder, 'out-part.mp4');
    const { index } = await reencode('vfr', output, { from: 20, to: 49 });
    const pts = await ffprobeFramePts(output);
    expect(pts).toEqual(Array.from({ length: 30 }, (_, i) => index.ptsTicks(20 + i) - index.ptsTicks(20)));
    const [picture, sound] = [await ffprobeStream(output, 'v:0', 'duration'), await ffprobeStream(output, 'a:0', 'duration')];
    expect(Math.abs(Number(picture) - Number(sound))).toBeLessThan(0.06);
  });

  it('ends a film that is cut short under its other name, with its sound', async () => {
    const output = join(clips.folder, 'out-whole.mp4');
    const cut = join(clips.folder, 'out-cut.mp4');
    const source = await probe(clips.path('cfr'), { ffmpeg });
    const encoder = await openEncoder(optionsFor(source, output));
    const planes = new Uint8Array((320 * 240 * 3) / 2);
    for (let frame = 0; frame < 20; frame++) await encoder.write(planes.slice(), source.index.ptsTicks(frame));
    await encoder.finish(cut);
    expect(existsSync(output)).toBe(false);
    expect(await ffprobeFramePts(cut)).toEqual((await ffprobeFramePts(clips.path('cfr'))).slice(0, 20));
    const [picture, sound] = [await ffprobeStream(cut, 'v:0', 'duration'), await ffprobeStream(cut, 'a:0', 'duration')];
    expect(Math.abs(Number(picture) - Number(sound))).toBeLessThan(0.06);
    expect(await leftovers()).toEqual([]);
  });

  it('pads odd sizes and keeps matrix and range', async () => {
    const output = join(clips.folder, 'out-size.mp4');
    await reencode('odd', output);
    expect(await ffprobeStream(output, 'v:0', 'width')).toBe('322');
    expect(await ffprobeStream(output, 'v:0', 'height')).toBe('242');
    expect(await ffprobeStream(output, 'v:0', 'color_space')).toBe('smpte170m');
    await reencode('fullRange', output);
    expect(await ffprobeStream(output, 'v:0', 'color_range')).toBe('pc');
  });

  it('makes the picture that it was given', async () => {
    const output = join(clips.folder, 'out-picture.mp4');
    const source = await reencode('cfr', output);
    const made = await probe(output, { ffmpeg });
    const common = { start: 0, end: 20, display: { width: 320, height: 240 }, model: null, ffmpeg };
    const frames = decodeFrames({ ...common, ...source, path: source.info.path });
    for await (const { display } of decodeFrames({ ...common, ...made, path: output })) {
      const expected = (await frames.next()).value!.display!;
      let difference = 0;
      for (let i = 0; i < expected.length; i++) difference += Math.abs(expected[i]! - display![i]!);
      expect(difference / expected.length).toBeLessThan(4);
    }
  });
});

describe('memory', () => {
  it('holds no frame that it has sent', async () => {
    const source = await probe(clips.path('cfr'), { ffmpeg });
    const encoder = await openEncoder(optionsFor(source, join(clips.folder, 'out-memory.mp4'), { audioFrom: null }));
    const sent: WeakRef<Uint8Array>[] = [];
    for (let tick = 0; tick < 100; tick++) {
      const planes = new Uint8Array((320 * 240 * 3) / 2);
      sent.push(new WeakRef(planes));
      await encoder.write(planes, tick);
    }
    const held = await stillHeld(sent);
    await encoder.finish();
    // Those that the pipe has not taken yet may be there.
    expect(held).toBeLessThan(10);
  });
});

describe('failures', () => {
  const planes = new Uint8Array((320 * 240 * 3) / 2);

  it('says when ffmpeg is killed midway, and leaves neither a half file nor the old one changed', async () => {
    const source = await probe(clips.path('cfr'), { ffmpeg });
    const output = join(clips.folder, 'killed.mp4');
    await writeFile(output, 'the old file');
    let pid: number | undefined;
    const encoder = await openEncoder(optionsFor(source, output, { audioFrom: null, onSpawn: (id) => (pid = id) }));
    const writing = (async () => {
      for (let i = 0; i < 5000; i++) {
        await encoder.write(planes, i * 512);
        if (i === 10) process.kill(pid!, 'SIGKILL');
      }
    })();
    await expect(writing).rejects.toMatchObject({ code: 'encode-failed', message: expect.stringContaining('SIGKILL') });
    expect(await leftovers()).toEqual([]);
    expect(await readFile(output, 'utf8')).toBe('the old file');
  });

  it('can be aborted and cancelled', async () => {
    const source = await probe(clips.path('cfr'), { ffmpeg });
    const output = join(clips.folder, 'aborted.mp4');
    const encoder = await openEncoder(optionsFor(source, output));
    await encoder.write(planes, 0);
    await encoder.abort();
    await encoder.abort();
    expect(await leftovers()).toEqual([]);

    const abort = new AbortController();
    const second = await openEncoder(optionsFor(source, output, { signal: abort.signal }));
    await second.write(planes, 0);
    abort.abort();
    await expect(second.write(planes, 512)).rejects.toMatchObject({ code: 'cancelled' });
    expect(await leftovers()).toEqual([]);
    expect(existsSync(output)).toBe(false);
  });

  it('tells an output that cannot be written', async () => {
    const source = await probe(clips.path('cfr'), { ffmpeg });
    await expect(openEncoder(optionsFor(source, join(clips.folder, 'no', 'such', 'folder', 'o.mp4')))).rejects.toMatchObject({
      code: 'output-unwritable',
    });
    await expect(openEncoder(optionsFor(source, join(clips.path('cfr'), 'o.mp4')))).rejects.toMatchObject({ code: 'output-unwritable' });
    // A folder of that name: found out when the file gets its name.
    const taken = join(clips.folder, 'taken.mp4');
    await mkdir(taken);
    const encoder = await openEncoder(optionsFor(source, taken, { audioFrom: null }));
    await encoder.write(planes, 0);
    await expect(encoder.finish()).rejects.toMatchObject({ code: 'output-unwritable' });
    expect(await leftovers()).toEqual([]);
  });

  // Root may write everywhere.
  it.skipIf(process.getuid?.() === 0)('tells a folder without permission', async () => {
    const source = await probe(clips.path('cfr'), { ffmpeg });
    const locked = join(clips.folder, 'locked');
    await mkdir(locked);
    await chmod(locked, 0o500);
    await expect(openEncoder(optionsFor(source, join(locked, 'o.mp4')))).rejects.toMatchObject({ code: 'output-unwritable' });
  });

  it.skipIf(!existsSync('/dev/full'))('tells a full disk', async () => {
    const source = await probe(clips.path('cfr'), { ffmpeg });
    const output = join(clips.folder, 'full.mp4');
    await symlink('/dev/full', `${output}.partial-${process.pid}.mp4`);
    const encoder = await openEncoder(optionsFor(source, output, { audioFrom: null }));
    const writing = (async () => {
      for (let i = 0; i < 60; i++) await encoder.write(planes, i * 512);
      await encoder.finish();
    })();
    await expect(writing).rejects.toMatchObject({ code: 'disk-full' });
    expect(await leftovers()).toEqual([]);
  });

  it('refuses frames of another size, times that go back, and a film without frames', async () => {
    const source = await probe(clips.path('cfr'), { ffmpeg });
    const output = join(clips.folder, 'wrong.mp4');
    const first = await openEncoder(optionsFor(source, output));
    await expect(first.write(new Uint8Array(7), 0)).rejects.toMatchObject({ code: 'internal' });
    const second = await openEncoder(optionsFor(source, output));
    await second.write(planes, 512);
    await expect(second.write(planes, 512)).rejects.toMatchObject({ code: 'internal' });
    const third = await openEncoder(optionsFor(source, output));
    await expect(third.finish()).rejects.toMatchObject({ code: 'encode-failed' });
    expect(await leftovers()).toEqual([]);
  });

  it('never overwrites the video being read', async () => {
    const source = await probe(clips.path('cfr'), { ffmpeg });
    await expect(openEncoder(optionsFor(source, source.info.path))).rejects.toMatchObject({ code: 'output-unwritable' });
  });

  it('leaves nothing when ffmpeg is not there or abort comes while it starts', async () => {
    const source = await probe(clips.path('cfr'), { ffmpeg });
    const output = join(clips.folder, 'start.mp4');
    const missing = await openEncoder(optionsFor(source, output, { ffmpeg: join(clips.folder, 'no-ffmpeg') }));
    await expect(missing.write(planes, 0)).rejects.toMatchObject({ code: 'ffmpeg-missing' });
    const aborted = await openEncoder(optionsFor(source, output));
    const writing = aborted.write(planes, 0);
    await aborted.abort();
    await expect(writing).rejects.toMatchObject({ code: 'cancelled' });
    expect(await leftovers()).toEqual([]);
  });

  it('removes what a killed process left of the same output, and nothing else', async () => {
    const source = await probe(clips.path('cfr'), { ffmpeg });
    const output = join(clips.folder, 'again.mp4');
    const ended = spawnSync(process.execPath, ['--version']).pid;
    await writeFile(`${output}.partial-${ended}.mp4`, '');
    await writeFile(`${output}.partial-${process.ppid}.mp4`, '');
    await (await openEncoder(optionsFor(source, output))).abort();
    expect(await leftovers()).toEqual([`again.mp4.partial-${process.ppid}.mp4`]);
    await rm(`${output}.partial-${process.ppid}.mp4`);
  });

  it('writes MPEG-4 with as exact times as that allows where there is no H.264 encoder', async () => {
    const source = await probe(clips.path('vfr'), { ffmpeg });
    const output = join(clips.folder, 'fallback.mp4');
    const encoder = await openEncoder(optionsFor(source, output, { encoders: new Set(['mpeg4', 'aac']) }));
    for (let i = 0; i < 20; i++) await encoder.write(planes, source.index.ptsTicks(i));
    await encoder.finish();
    expect(await ffprobeStream(output, 'v:0', 'codec_name')).toBe('mpeg4');
    const made = await probe(output, { ffmpeg });
    expect(made.index.length).toBe(20);
    for (let i = 0; i < 20; i++) expect(Math.abs(made.index.timeMs(i) - source.index.timeMs(i))).toBeLessThan(0.02);
  });

  it('takes the best encoder that is there', () => {
    expect(chooseEncoder(new Set(['mpeg4', 'libx264']), 20, 'fast')).toEqual({ name: 'libx264', args: ['-preset', 'fast', '-crf', '20'] });
    expect(chooseEncoder(new Set(['mpeg4', 'libopenh264']), 20, 'fast').name).toBe('libopenh264');
    expect(chooseEncoder(new Set(['mpeg4']), 20, 'fast').name).toBe('mpeg4');
    expect(() => chooseEncoder(new Set(['vp9']), 20, 'fast')).toThrow(expect.objectContaining({ code: 'encode-failed' }));
  });
});
