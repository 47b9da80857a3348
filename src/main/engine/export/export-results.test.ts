/** An export that is told to end early closes what it has written. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultOverlayStyle } from '../../../shared/export-choice.ts';
import { compressCounts } from '../../../shared/rle.ts';
import { findFfmpeg } from '../media/ffmpeg-binary.ts';
import { type Clips, ffprobeFramePts, ffprobeStream, makeClips } from '../media/testing/make-clips.ts';
import { MediaSource } from '../pipeline/media-source.ts';
import { exportResults, type WrittenResults } from './export-results.ts';
import { MaskFeed } from './mask-feed.ts';

let clips: Clips;
let ffmpeg: string;
let source: MediaSource;
let folder: string;
beforeAll(async () => {
  ffmpeg = await findFfmpeg();
  clips = await makeClips(['cfr']);
  source = await MediaSource.open(clips.path('cfr'), ffmpeg);
});
afterAll(async () => {
  source.close();
  await clips.remove();
});
beforeEach(async () => {
  folder = await mkdtemp(join(clips.folder, 'export-'));
  return () => rm(folder, { recursive: true, force: true });
});

/** @param end called when the engine asks for the second slice of masks, which never comes */
const exportUntil = (end: (feed: MaskFeed) => void, video: boolean): Promise<WrittenResults> => {
  const range = { from: 0, to: source.media.frameCount - 1 };
  const { width, height } = source.media;
  const counts = compressCounts([0, 1000, width * height - 1000]);
  const { signal } = new AbortController();
  const feed: MaskFeed = new MaskFeed(
    range,
    (from, to) =>
      queueMicrotask(() => {
        if (from === 0)
          feed.put(
            from,
            Array.from({ length: to + 1 }, (_, frame) => ({ frame, masks: [[1, counts] as const] })),
          );
        else end(feed);
      }),
    signal,
  );
  const job = {
    ...{ sessionId: 'session', runId: 'run', ...range, overlays: defaultOverlayStyle },
    ...{ video: video ? join(folder, 'annotated.mp4') : null, cutVideo: video ? join(folder, 'annotated.partial.mp4') : null },
    ...{ masksDirectory: join(folder, 'masks'), contactSheet: video ? join(folder, 'contact-sheet.png') : null },
    objects: [{ id: 1, name: 'Ball', color: '#ff0000' }],
  };
  return exportResults(source, job, feed, ffmpeg, signal, () => {});
};

describe('exportResults', () => {
  it('ends at the frame it is told, with the sound as long as the picture, under the name of a part', async () => {
    expect(await exportUntil((feed) => feed.end(10, false), true)).toEqual({ last: 10, warning: null });
    expect(readdirSync(folder).sort()).toEqual(['annotated.partial.mp4', 'masks']);
    expect(readdirSync(join(folder, 'masks'))).toHaveLength(11);
    const film = join(folder, 'annotated.partial.mp4');
    expect(await ffprobeFramePts(film)).toEqual((await ffprobeFramePts(clips.path('cfr'))).slice(0, 11));
    const [picture, sound] = [await ffprobeStream(film, 'v:0', 'duration'), await ffprobeStream(film, 'a:0', 'duration')];
    expect(Math.abs(Number(picture) - Number(sound))).toBeLessThan(0.06);
  });

  it('has the usual name where there is no more to write', async () => {
    expect(await exportUntil((feed) => feed.end(10, true), true)).toEqual({ last: 10, warning: null });
    expect(readdirSync(folder).sort()).toEqual(['annotated.mp4', 'masks']);
    expect(await ffprobeFramePts(join(folder, 'annotated.mp4'))).toHaveLength(11);
  });

  it('writes nothing where it is told so before the first frame', async () => {
    expect(await exportUntil((feed) => feed.end(-1, true), true)).toEqual({ last: null, warning: null });
    expect(readdirSync(folder)).toEqual(['masks']);
    expect(readdirSync(join(folder, 'masks'))).toEqual([]);
  });

  it('ends pictures of masks alone likewise', async () => {
    expect(await exportUntil((feed) => feed.end(3, false), false)).toEqual({ last: 3, warning: null });
    expect(readdirSync(join(folder, 'masks'))).toHaveLength(4);
    expect(existsSync(join(folder, 'annotated.mp4'))).toBe(false);
  });
});
