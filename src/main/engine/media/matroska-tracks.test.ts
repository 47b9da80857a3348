import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { largestTrackOf, videoTracksOf } from './matroska-tracks.ts';
import { makeFolder, runSteps } from './testing/ffmpeg-steps.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

const twoStreams = ['-map', '[s]', '-map', '[l]', '-map', '1:a', '-c:v', 'libx264', '-c:a', 'aac', '-frames:v', '5', '-shortest'];
const split = '[0:v]split[a][l];[a]scale=80:60[s]';

describe('video tracks of a Matroska header', () => {
  it.each([
    ['a file', []],
    ['a live stream without sizes', ['-live', '1', '-cluster_time_limit', '0']],
  ])('of %s: each with its size, sound left out', async (_, options) => {
    const path = folder.at(`two${options.length}.mkv`);
    await runSteps(
      '-f',
      'lavfi',
      '-i',
      'testsrc2=s=160x120',
      '-f',
      'lavfi',
      '-i',
      'sine',
      '-filter_complex',
      split,
      ...twoStreams,
      ...options,
      path,
    );
    const data = await readFile(path);
    const tracks = videoTracksOf(data);
    expect(tracks).toHaveLength(2);
    expect(tracks[0]).toEqual({ width: 80, height: 60 });
    expect(largestTrackOf(data)).toBe(1);
  });

  it('none in what is cut off or no Matroska', () => {
    expect(videoTracksOf(Buffer.alloc(0))).toEqual([]);
    expect(videoTracksOf(Buffer.from('\x1a\x45\xdf', 'latin1'))).toEqual([]);
    expect(videoTracksOf(Buffer.alloc(100))).toEqual([]);
    expect(largestTrackOf(Buffer.from('no video at all'))).toBe(0);
  });
});
