/**
 * What of a film survives an export, by ffprobe's word: shape, colour, times; and what is done to HDR and to fields.
 */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeFrames } from './decode.ts';
import { openEncoder } from './encode.ts';
import { findFfmpeg, listFilters } from './ffmpeg-binary.ts';
import { probe } from './probe.ts';
import { greyFrames, h264, makeFolder, movingPicture, runSteps } from './testing/ffmpeg-steps.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let ffmpeg: string;
beforeAll(async () => {
  ffmpeg = await findFfmpeg();
  folder = await makeFolder();
});
afterAll(() => folder.remove());

const streamOf = (path: string): Record<string, string> =>
  JSON.parse(execFileSync('ffprobe', ['-v', 'error', '-select_streams', 'v:0', '-show_streams', '-of', 'json', path], { encoding: 'utf8' }))
    .streams[0];

/** The clip as an export writes it. */
const exported = async (path: string): Promise<{ path: string; stream: Record<string, string> }> => {
  const { info, index } = await probe(path, { ffmpeg });
  const output = `${path}.out.mp4`;
  const { width, height, timeBase, colorSpace, fullRange } = info;
  const lastTicks = index.durationTicks(index.length - 1);
  const encoder = await openEncoder({
    output,
    width,
    height,
    timeBase,
    colorSpace,
    fullRange,
    marks: info,
    audioFrom: null,
    lastTicks,
    ffmpeg,
    crf: 12,
  });
  for await (const { frame, display } of decodeFrames({
    path,
    info,
    index,
    start: 0,
    end: index.length - 1,
    display: { width, height },
    model: null,
    ffmpeg,
  }))
    await encoder.write(display!, index.ptsTicks(frame));
  await encoder.finish();
  return { path: output, stream: streamOf(output) };
};

const make = async (name: string, frames: number, ...args: string[]): Promise<string> => {
  await runSteps(...movingPicture(frames), ...args, folder.at(name));
  return folder.at(name);
};
const colors = (matrix: string, primaries: string, transfer: string): string[] => [
  ...['-colorspace', matrix, '-color_primaries', primaries, '-color_trc', transfer],
];
const mean = (frames: Buffer[]): number => frames[0]!.reduce((sum, value) => sum + value, 0) / frames[0]!.length;

describe('colour', () => {
  it.each([
    ['bt470bg', 'bt470bg', 'smpte170m', 'tv'],
    ['bt709', 'bt709', 'bt709', 'tv'],
    ['bt709', 'bt709', 'iec61966-2-1', 'pc'],
    ['bt2020nc', 'bt2020', 'bt2020-10', 'tv'],
  ])('matrix %s, primaries %s, transfer %s, range %s', async (matrix, primaries, transfer, range) => {
    const filter = `scale=out_color_matrix=${matrix.replace('nc', '').replace('bt470bg', 'bt601')}:out_range=${range}`;
    const path = await make(
      `color-${matrix}-${range}.mp4`,
      3,
      '-vf',
      filter,
      ...h264('-color_range', range),
      ...colors(matrix, primaries, transfer),
    );
    expect((await exported(path)).stream).toMatchObject({
      color_space: matrix,
      color_primaries: primaries,
      color_transfer: transfer,
      color_range: range,
    });
  });

  it.each(['smpte2084', 'arib-std-b67'])('HDR (%s) is shown and exported in SDR', async (transfer) => {
    const filter = 'scale=out_color_matrix=bt2020:out_range=tv,format=yuv420p10le';
    const params = `log-level=none:colorprim=bt2020:transfer=${transfer}:colormatrix=bt2020nc`;
    const path = await make(`hdr-${transfer}.mp4`, 3, '-vf', filter, '-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', params);
    const { info } = await probe(path, { ffmpeg });
    const film = await exported(path);
    const canMap = (await listFilters(ffmpeg)).has('zscale');
    expect(info).toMatchObject({ isToneMapped: canMap, coded: { transfer, colorSpace: 'bt2020' } });
    expect(film.stream).toMatchObject(
      canMap
        ? { color_transfer: 'bt709', color_space: 'bt709', color_primaries: 'bt709' }
        : { color_transfer: transfer, color_space: 'bt2020nc', color_primaries: 'bt2020' },
    );
    // Another picture than the raw values, if it is mapped.
    expect(Math.abs(mean(await greyFrames(film.path)) - mean(await greyFrames(path))) > 4).toBe(canMap);
  });
});

describe('shape', () => {
  it("goes by the container's pixels, not the codec's", async () => {
    await make('plain.mp4', 3, '-vf', 'scale=180:120,setsar=1', ...h264());
    await runSteps('-i', folder.at('plain.mp4'), '-c', 'copy', '-aspect', '4:3', folder.at('pasp.mp4'));
    const { stream } = await exported(folder.at('pasp.mp4'));
    expect([stream.width, stream.height, stream.sample_aspect_ratio]).toEqual([180, 135 + 1, '1:1']);
  });
});

describe('time', () => {
  it('the last frame lasts as long as it did, with a pause before it or long itself', async () => {
    await make('steady.mkv', 12, ...h264('-bf', '0'));
    await runSteps('-i', folder.at('steady.mkv'), '-c', 'copy', '-bsf:v', "setts=ts='TS+if(gte(N,6),9000,0)'", folder.at('pause.mkv'));
    await runSteps('-i', folder.at('pause.mkv'), '-c', 'copy', folder.at('pause.mp4'));
    await make('still.gif', 6);
    await runSteps('-i', folder.at('still.gif'), '-c', 'copy', '-final_delay', '300', folder.at('long.gif'));
    for (const [name, seconds] of [
      ['pause.mp4', 9.48],
      ['steady.mkv', 0.48],
      ['long.gif', 3.2],
    ] as const)
      expect(Number((await exported(folder.at(name))).stream.duration), name).toBeCloseTo(seconds, 1);
  });

  it('B-frames change nothing of it', async () => {
    const path = await make('b.mp4', 30, ...h264('-bf', '3', '-g', '12'));
    expect(Number((await exported(path)).stream.duration)).toBeCloseTo(1.2, 1);
  });
});

describe('fields', () => {
  it('become whole pictures, one for each frame, the same wherever decoding begins', async () => {
    const path = folder.at('fields.ts');
    await runSteps(
      ...['-f', 'lavfi', '-i', 'testsrc2=s=160x120:r=50', '-frames:v', '30', '-vf', 'interlace', '-c:v', 'mpeg2video', '-q:v', '2'],
      ...['-flags', '+ildct+ilme', '-g', '6', '-f', 'mpegts', path],
    );
    const { info, index } = await probe(path, { ffmpeg });
    expect(info).toMatchObject({ isInterlaced: true, isDeinterlaced: true, frameCount: (await greyFrames(path)).length });
    const fields = await probe(path, { ffmpeg, deinterlace: 'off' });
    expect(fields.info).toMatchObject({ isInterlaced: true, isDeinterlaced: false, frameCount: info.frameCount });
    const picture = async (source: typeof fields, start: number, end: number): Promise<Uint8Array[]> => {
      const frames: Uint8Array[] = [];
      const display = { width: 160, height: 120 };
      for await (const frame of decodeFrames({ path, ...source, start, end, display, model: null, ffmpeg })) frames.push(frame.display!);
      return frames;
    };
    const whole = await picture({ info, index }, 0, index.length - 1);
    expect(whole).toHaveLength(index.length);
    for (const start of [1, 6, 9, index.length - 1])
      expect(Buffer.compare((await picture({ info, index }, start, start))[0]!, whole[start]!), `frame ${start}`).toBe(0);
    expect(Buffer.compare((await picture(fields, 3, 3))[0]!, whole[3]!)).not.toBe(0);
  });
});
