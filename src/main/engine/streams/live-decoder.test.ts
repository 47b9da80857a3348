import { createReadStream } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deinterlace } from '../../../shared/footage.ts';
import { findFfmpeg, listFilters } from '../media/ffmpeg-binary.ts';
import { probe } from '../media/probe.ts';
import { h264, makeFolder, runSteps } from '../media/testing/ffmpeg-steps.ts';
import { headerOf, LiveDecoder, type LivePicture } from './live-decoder.ts';

it("a stream's header ends with its first cluster", () => {
  expect(headerOf(Buffer.from('0011221f43b675aa1f43b675', 'hex')).toString('hex')).toBe('001122');
  expect(headerOf(Buffer.from('001122', 'hex')).length).toBe(0);
});

describe('the picture of a recording', () => {
  let folder: Awaited<ReturnType<typeof makeFolder>>;
  let ffmpeg: string;
  beforeAll(async () => {
    ffmpeg = await findFfmpeg();
    folder = await makeFolder();
  });
  afterAll(() => folder.remove());

  /** Feeds a file in pieces. @returns what it is, and a picture's planes */
  const decode = async (name: string, deinterlace?: Deinterlace): Promise<{ picture: LivePicture; planes: Uint8Array[] }> => {
    let picture: LivePicture | null = null;
    const planes: Uint8Array[] = [];
    const decoder = new LiveDecoder({
      ...{ ffmpeg, deinterlace, display: { width: 320, height: 240 }, modelSize: 32 },
      onDescribed: (described) => {
        picture = described;
      },
      onPicture: ({ display }) => planes.push(display),
      onFailed: (error) => {
        throw error;
      },
    });
    for await (const piece of createReadStream(folder.at(name), { highWaterMark: 1000 })) decoder.feed(piece as Buffer);
    await decoder.end();
    return { picture: picture!, planes };
  };

  it('is that of the largest stream, as in the clip that it becomes', async () => {
    await runSteps(
      ...['-f', 'lavfi', '-i', 'testsrc2=s=160x120', '-filter_complex', '[0:v]split[a][l];[a]scale=80:60[s]'],
      ...['-map', '[s]', '-map', '[l]', '-frames:v', '12', ...h264('-bf', '0'), folder.at('two.mkv')],
    );
    const { picture, planes } = await decode('two.mkv');
    expect(picture).toMatchObject({ stream: 1, width: 160, height: 120 });
    expect(planes).toHaveLength(12);
    expect((await probe(folder.at('two.mkv'), { ffmpeg })).info).toMatchObject({ stream: 1, width: 160, height: 120 });
  });

  it('is deinterlaced and tone-mapped as that of a file', async () => {
    const fields = ['-frames:v', '12', '-vf', 'interlace', '-c:v', 'mpeg2video', '-q:v', '2', '-flags', '+ildct+ilme', '-bf', '0'];
    await runSteps('-f', 'lavfi', '-i', 'testsrc2=s=160x120:r=50', ...fields, folder.at('fields.mkv'));
    const whole = await decode('fields.mkv');
    const asIs = await decode('fields.mkv', 'off');
    expect(whole.picture).toMatchObject({ isInterlaced: true, isDeinterlaced: true });
    expect(asIs.picture).toMatchObject({ isInterlaced: true, isDeinterlaced: false });
    expect([whole.planes.length, asIs.planes.length]).toEqual([12, 12]);
    expect(Buffer.compare(whole.planes[5]!, asIs.planes[5]!)).not.toBe(0);

    const pq = 'log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc';
    const coded = ['-frames:v', '4', '-vf', 'format=yuv420p10le', '-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', pq];
    await runSteps('-f', 'lavfi', '-i', 'testsrc2=s=160x120', ...coded, folder.at('pq.mkv'));
    const canMap = (await listFilters(ffmpeg)).has('zscale');
    const { picture, planes } = await decode('pq.mkv');
    expect(picture).toMatchObject({ isToneMapped: canMap, coded: { transfer: 'smpte2084' } });
    expect(planes).toHaveLength(4);
  });
});
