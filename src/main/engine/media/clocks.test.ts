/**
 * Frame n is the n-th frame that an independent decoder puts out, whatever the clock of the file says; seeking agrees.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from './ffmpeg-binary.ts';
import { probe } from './probe.ts';
import { decodeRaw } from './raw-decode.ts';
import { greyFrames, h264, makeFolder, movingPicture, runSteps } from './testing/ffmpeg-steps.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let ffmpeg: string;
beforeAll(async () => {
  ffmpeg = await findFfmpeg();
  folder = await makeFolder();
  await runSteps(...movingPicture(60), ...h264('-bf', '0', '-g', '15'), folder.at('even.mkv'));
  await runSteps(...movingPicture(60), ...h264('-bf', '2', '-g', '15', '-b_strategy', '0'), folder.at('b.mkv'));
  await runSteps(...movingPicture(30), ...h264('-bf', '2', '-g', '15'), '-f', 'mpegts', folder.at('part.ts'));
  await runSteps(...movingPicture(30), ...h264('-bf', '0'), '-output_ts_offset', '90', '-f', 'mpegts', folder.at('later.ts'));
});
afterAll(() => folder.remove());

/** Copies packets with other time stamps. */
const retimed = async (name: string, source: string, stamps: string): Promise<string> => {
  await runSteps('-i', folder.at(source), '-c', 'copy', '-bsf:v', `setts=${stamps}`, folder.at(name));
  return folder.at(name);
};

/** A transport stream of which packets of 188 bytes were lost. */
const lossy = async (name: string): Promise<string> => {
  const bytes = await readFile(folder.at('part.ts'));
  const at = Math.floor(bytes.length / 188 / 2) * 188;
  await writeFile(folder.at(name), Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 188 * 9)]));
  return folder.at(name);
};

const clips: Record<string, () => Promise<string>> = {
  'bursts with one time stamp': () => retimed('bursts.mkv', 'even.mkv', "ts='if(between(N,7,9)+between(N,40,40),floor(N/2)*80,TS)'"),
  'a clock of whole seconds': () => retimed('coarse.mkv', 'even.mkv', "ts='floor(TS/1000)*1000'"),
  'one time stamp for all': () => retimed('stopped.mkv', 'even.mkv', 'ts=0'),
  'B-frames presented as they are decoded': () => retimed('ptsdts.mkv', 'b.mkv', 'pts=DTS:dts=DTS'),
  'a clock that is joggled': () => retimed('joggled.mkv', 'even.mkv', "ts='TS+mod(N*37,90)'"),
  'two parts with the same clock': () => folder.join('same.ts', folder.at('part.ts'), folder.at('part.ts')),
  'a second part with an earlier clock': () => folder.join('earlier.ts', folder.at('later.ts'), folder.at('part.ts')),
  'a second part with a later clock': () => folder.join('gap.ts', folder.at('part.ts'), folder.at('later.ts')),
  'no clock at all': async () => {
    await runSteps('-i', folder.at('b.mkv'), '-c', 'copy', '-f', 'h264', folder.at('bare.h264'));
    return folder.at('bare.h264');
  },
  'packets that are lost': () => lossy('lossy.ts'),
};

describe.each(Object.keys(clips))('%s', (name) => {
  it('counts what a decoder puts out, with times that increase, and begins anywhere', async () => {
    const path = await clips[name]!();
    const { info, index } = await probe(path, { ffmpeg });
    const truth = await greyFrames(path);
    expect(index.length).toBe(truth.length);
    for (let i = 1; i < index.length; i++) expect(index.ptsTicks(i)).toBeGreaterThan(index.ptsTicks(i - 1));
    const { length } = truth;
    for (const start of [0, 1, Math.floor(length / 2) - 1, Math.floor(length / 2), length - 2]) {
      const end = Math.min(length - 1, start + 3);
      const outputs = [{ filter: 'scale=16:12:flags=area,format=gray', bytesPerFrame: 16 * 12 }];
      for await (const { frame, buffers } of decodeRaw({ path, info, index, start, end, outputs, ffmpeg }))
        expect(Buffer.compare(buffers[0]!, truth[frame]!), `frame ${frame} from ${start}`).toBe(0);
    }
  });
});

it('says what was repaired, and calls a clock or a counter that begins anew no damage', async () => {
  const noteOf = async (name: string) => (await probe(await clips[name]!(), { ffmpeg })).info;
  expect((await noteOf('bursts with one time stamp')).repair).toMatchObject({ disordered: 0, restarts: [] });
  const joined = await noteOf('two parts with the same clock');
  expect([joined.repair?.restarts, joined.damage]).toEqual([[30], null]);
  expect((await noteOf('a second part with a later clock')).damage).toBeNull();
  expect((await noteOf('a second part with an earlier clock')).damage).toBeNull();
  expect((await noteOf('packets that are lost')).damage).toBe('packets-lost');
  expect((await probe(folder.at('even.mkv'), { ffmpeg })).info.repair).toBeNull();
});
