/** One file of a folder is one frame: of any kind, turned upright, at an exact rate, under its own name. */
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 as crc } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FrameRate } from '../../../../shared/frame-rate.ts';
import { decodeFrames } from '../decode.ts';
import { findFfmpeg } from '../ffmpeg-binary.ts';
import { importMedia } from '../import-media.ts';
import { probe } from '../probe.ts';
import { makeFolder, movingPicture, runSteps } from '../testing/ffmpeg-steps.ts';
import { firstJpeg } from './picture-head.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let ffmpeg: string;
beforeAll(async () => {
  ffmpeg = await findFfmpeg();
  folder = await makeFolder();
});
afterAll(() => folder.remove());

const pictures = async (name: string, count: number, pattern: string, ...args: string[]): Promise<string> => {
  await mkdir(folder.at(name), { recursive: true });
  await runSteps(...movingPicture(count, '96x64'), ...args, folder.at(`${name}/${pattern}`));
  return folder.at(name);
};

let clips = 0;
const open = async (path: string, rate: FrameRate = { num: 25, den: 1 }) => {
  const output = folder.at(`clip-${clips++}.mov`);
  const never = new AbortController().signal;
  await importMedia({ kind: 'images', folder: path, rate }, output, { ffmpeg, signal: never, finish: never, onProgress: () => {} });
  return probe(output, { ffmpeg });
};

/** Small RGB of every frame. */
const looks = async ({ info, index }: Awaited<ReturnType<typeof open>>): Promise<Uint8Array[]> => {
  const frames: Uint8Array[] = [];
  const all = { path: info.path, info, index, start: 0, end: index.length - 1, display: null, model: { size: 24 }, ffmpeg };
  for await (const { model } of decodeFrames(all)) frames.push(model!);
  return frames;
};
const difference = (a: Uint8Array, b: Uint8Array): number => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;

/** A TIFF structure that says nothing but how a picture is turned. */
const exif = (orientation: number, isLittle = false): Buffer => {
  const bytes = Buffer.alloc(26);
  bytes.write(isLittle ? 'II*\0' : 'MM\0*', 0, 'latin1');
  const u16 = (value: number, at: number): number => (isLittle ? bytes.writeUInt16LE(value, at) : bytes.writeUInt16BE(value, at));
  const u32 = (value: number, at: number): number => (isLittle ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at));
  u32(8, 4);
  u16(1, 8);
  u16(0x0112, 10);
  u16(3, 12);
  u32(1, 14);
  u16(orientation, 18);
  return bytes;
};
const app1 = (tiff: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
};
/** What has to be done to an upright picture so that `orientation` turns it back. */
const stored = ['null', 'hflip', 'hflip,vflip', 'vflip', 'transpose=0', 'transpose=2', 'transpose=3', 'transpose=1'];

describe('a rate', () => {
  it.each([
    { num: 30000, den: 1001 },
    { num: 2997, den: 100 },
    { num: 1, den: 10 },
    { num: 240, den: 1 },
  ])('$num/$den is kept exactly', async (rate) => {
    const { index, info } = await open(await pictures('rate', 31, '%05d.jpg'), rate);
    expect(index.length).toBe(31);
    for (let i = 0; i < 31; i++) expect(index.timeMs(i)).toBeCloseTo((i * 1000 * rate.den) / rate.num, 6);
    expect(info.durationMs).toBeCloseTo((31_000 * rate.den) / rate.num, 6);
  });
});

describe('kinds of pictures', () => {
  it.each(['bmp', 'tiff', 'webp', 'ppm', 'tga', 'png', 'jpg'])('%s', async (kind) => {
    const args = kind === 'webp' ? ['-c:v', 'libwebp', '-lossless', '1'] : kind === 'jpg' ? ['-q:v', '1'] : [];
    const seen = await looks(await open(await pictures(kind, 4, `%d.${kind}`, ...args)));
    const plain = await looks(await open(await pictures(`plain-${kind}`, 4, '%d.png')));
    expect(seen).toHaveLength(4);
    for (const [i, look] of seen.entries()) expect(difference(look, plain[i]!), `picture ${i}`).toBeLessThan(4);
  });

  it('one picture of an animation, mixed kinds, in the order of their numbers', async () => {
    const path = await pictures('mixed', 3, 'Shot %d.png');
    await runSteps(...movingPicture(5, '96x64'), join(path, 'shot 10.gif'));
    await runSteps(...movingPicture(1, '96x64'), '-q:v', '1', join(path, 'SHOT 4.JPG'));
    const clip = await open(path);
    expect(clip.info.pictures?.names).toEqual(['Shot 1.png', 'Shot 2.png', 'Shot 3.png', 'SHOT 4.JPG', 'shot 10.gif']);
    expect(clip.index.length).toBe(5);
  });

  it('AVIF, or a word on why not', async () => {
    const path = await pictures('avif', 1, '1.avif', '-c:v', 'libaom-av1', '-cpu-used', '8', '-still-picture', '1');
    const opened = await open(path).catch((error: unknown) => error);
    if (opened instanceof Error) expect(opened).toMatchObject({ code: 'source-unreadable', message: expect.stringContaining('1.avif') });
    else expect(opened).toMatchObject({ info: { width: 96, height: 64, frameCount: 1 } });
  });

  it('others are named', async () => {
    await mkdir(folder.at('raw'));
    for (const name of ['1.cr2', '2.CR2', 'notes.txt']) await writeFile(folder.at(`raw/${name}`), 'x');
    await expect(open(folder.at('raw'))).rejects.toMatchObject({
      code: 'source-empty',
      message: expect.stringMatching(/2 \.cr2, 1 \.txt.*JPEG/),
    });
  });
});

describe('how a picture is held', () => {
  /** Eight pictures of one view, each held in another way and saying so. */
  const heldInAllWays = async (kind: 'jpg' | 'png', mark: (bytes: Buffer, orientation: number) => Buffer): Promise<string> => {
    const path = folder.at(`held-${kind}`);
    await mkdir(path);
    for (const [i, filter] of stored.entries()) {
      const file = join(path, `${i + 1}.${kind}`);
      await runSteps(...movingPicture(1, '96x64'), '-vf', filter, ...(kind === 'jpg' ? ['-q:v', '1'] : []), file);
      await writeFile(file, mark(await readFile(file), i + 1));
    }
    return path;
  };
  const pngExif = (orientation: number): Buffer => {
    const body = exif(orientation);
    const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from('eXIf'), body, Buffer.alloc(4)]);
    chunk.writeUInt32BE(body.length, 0);
    chunk.writeUInt32BE(crc(chunk.subarray(4, 8 + body.length)), 8 + body.length);
    return chunk;
  };

  it.each([
    ['jpg', (bytes, n) => Buffer.concat([bytes.subarray(0, 2), app1(exif(n, n % 2 === 0)), bytes.subarray(2)])],
    ['png', (bytes, n) => Buffer.concat([bytes.subarray(0, 33), pngExif(n), bytes.subarray(33)])],
  ] as [kind: 'jpg' | 'png', mark: (bytes: Buffer, n: number) => Buffer][])('is undone, picture by picture: %s', async (kind, mark) => {
    const clip = await open(await heldInAllWays(kind, mark));
    expect(clip.info).toMatchObject({ width: 96, height: 64, frameCount: 8 });
    const [upright, ...others] = await looks(clip);
    for (const [i, look] of others.entries()) expect(difference(look, upright!), `orientation ${i + 2}`).toBeLessThan(6);
  });

  it('sizes that do not fit together are told by name', async () => {
    const path = await pictures('sizes', 2, '%d.jpg');
    await runSteps(...movingPicture(1, '64x96'), join(path, '3 tall.jpg'));
    await expect(open(path)).rejects.toMatchObject({
      code: 'source-unreadable',
      message: expect.stringMatching(/3 tall\.jpg.*64 x 96.*96 x 64/),
    });
  });
});

describe('one file is one frame', () => {
  it('also with other pictures behind the first', async () => {
    const path = await pictures('mpo', 4, '%d.jpg', '-q:v', '2');
    const plain = await looks(await open(path));
    await runSteps(...movingPicture(1, '96x64'), '-vf', 'negate', folder.at('second.jpg'));
    for (const name of await readdir(path)) await appendFile(join(path, name), await readFile(folder.at('second.jpg')));
    const clip = await open(path);
    expect(clip.index.length).toBe(4);
    for (const [i, look] of (await looks(clip)).entries()) expect(difference(look, plain[i]!)).toBeLessThan(1);
    const second = await readFile(folder.at('second.jpg'));
    expect(firstJpeg(Buffer.concat([second, second]))).toEqual(second);
  });

  it('and one that can not be decoded takes no other its name', async () => {
    const path = await pictures('broken', 5, '%03d.png');
    const bytes = await readFile(join(path, '003.png'));
    await writeFile(join(path, '003.png'), bytes.subarray(0, 60));
    const { info, index } = await open(path);
    expect(index.length).toBe(4);
    expect(info.pictures).toMatchObject({ names: ['001.png', '002.png', '004.png', '005.png'], missing: ['003.png'] });
  });

  it('under its own number', async () => {
    const path = await pictures('gaps', 4, 'f_%04d.jpg', '-start_number', '117');
    await rm(join(path, 'f_0118.jpg'));
    await rename(join(path, 'f_0120.jpg'), join(path, 'f_0119b.jpg'));
    expect((await open(path)).info.pictures?.names).toEqual(['f_0117.jpg', 'f_0119.jpg', 'f_0119b.jpg']);
  });

  it('in a file that others read as well', async () => {
    await open(await pictures('others', 3, '%d.png'));
    const count = ['-v', 'error', '-count_frames', '-show_entries', 'stream=nb_read_frames,codec_name', '-of', 'csv=p=0'];
    expect(execFileSync('ffprobe', [...count, folder.at(`clip-${clips - 1}.mov`)], { encoding: 'utf8' }).trim()).toBe('png,3');
  });
});
