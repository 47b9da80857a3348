/** Which stream is open, and that words in a file or its name are never facts. */
import { copyFile } from 'node:fs/promises';
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
  await runSteps(...movingPicture(12), ...h264(), folder.at('plain.mp4'));
});
afterAll(() => folder.remove());

describe('a file with several pictures', () => {
  beforeAll(async () => {
    const graph = '[0:v]split[a][b];[a]scale=64:48[small];[b]negate[large]';
    const maps = ['-filter_complex', graph, '-map', '[small]', '-map', '[large]'];
    await runSteps(...movingPicture(12), ...maps, ...h264(), folder.at('two.mkv'));
    await runSteps(...movingPicture(1, '640x480'), ...h264(), folder.at('one.mkv'));
    const inputs = ['-i', folder.at('one.mkv'), '-i', folder.at('plain.mp4')];
    await runSteps(...inputs, '-map', '0:v', '-map', '1:v', '-c', 'copy', folder.at('still.mkv'));
  });

  it('opens the largest, or the one that is asked for, and names the others', async () => {
    const path = folder.at('two.mkv');
    for (const [wanted, stream, width] of [
      [undefined, 1, 160],
      [0, 0, 64],
      [1, 1, 160],
    ] as const) {
      const { info, index } = await probe(path, { ffmpeg, stream: wanted });
      expect(info).toMatchObject({ stream, width, frameCount: 12, streams: [{ width: 64 }, { width: 160 }] });
      const truth = await greyFrames(path, `V:${stream}`);
      const outputs = [{ filter: 'scale=16:12:flags=area,format=gray', bytesPerFrame: 16 * 12 }];
      for await (const { frame, buffers } of decodeRaw({ path, info, index, start: 5, end: 6, outputs, ffmpeg }))
        expect(Buffer.compare(buffers[0]!, truth[frame]!)).toBe(0);
    }
    await expect(probe(path, { ffmpeg, stream: 2 })).rejects.toMatchObject({
      code: 'source-no-video',
      message: expect.stringMatching(/0 \(h264, 64 x 48\), 1/),
    });
  });

  it('opens the film, not a larger still beside it', async () => {
    expect((await probe(folder.at('still.mkv'), { ffmpeg })).info).toMatchObject({ stream: 1, width: 160, frameCount: 12 });
  });
});

describe('words', () => {
  const lines = [
    'displaymatrix: rotation of -90.00 degrees',
    'Stream #0:0: Video: h264, yuv420p(pc, bt2020nc), 999x999 [SAR 3:1 DAR 3:1]',
    'partial file',
  ];

  it.each(lines)('in metadata say nothing of the picture: %s', async (line) => {
    const text = `x\n[info]   ${line}\n  ${line}`;
    await runSteps(
      '-i',
      folder.at('plain.mp4'),
      '-c',
      'copy',
      '-metadata',
      `title=${text}`,
      '-metadata:s:v:0',
      `handler_name=${text}`,
      folder.at('words.mp4'),
    );
    const { info } = await probe(folder.at('words.mp4'), { ffmpeg });
    expect(info).toMatchObject({ width: 160, height: 120, fullRange: false, damage: null, frameCount: 12 });
  });

  it('nor in its name', async () => {
    const path = folder.at('a\n[info] Input #0, avi, from b\n[info]   Stream #0:0: Video: h264, yuv420p, 9x9 \nrotation of -90.mp4');
    await copyFile(folder.at('plain.mp4'), path);
    expect((await probe(path, { ffmpeg })).info).toMatchObject({ width: 160, height: 120, container: expect.stringMatching(/^mov,/) });
  });
});
