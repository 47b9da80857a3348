import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../media/ffmpeg-binary.ts';
import { type ClipName, type Clips, makeClips } from '../media/testing/make-clips.ts';
import { MediaSource } from './media-source.ts';

/** Some whose index is taken from the container, and some where decoding says otherwise. */
const names: ClipName[] = ['cfr', 'vfr', 'openGop', 'editList', 'packedAvi', 'truncated', 'fullRange', 'rotated'];
const size = 32;
let clips: Clips;
let ffmpeg: string;

beforeAll(async () => {
  ffmpeg = await findFfmpeg();
  clips = await makeClips(names);
});
afterAll(() => clips.remove());

describe("the model's first frame", () => {
  it.each(names)('is the same whether it was decoded while the clip was opened or after: %s', async (name) => {
    const early = await MediaSource.open(clips.path(name), ffmpeg, () => size);
    const late = await MediaSource.open(clips.path(name), ffmpeg);
    expect(await early.modelFrame(0, size)).toEqual(await late.modelFrame(0, size));
    expect(early.media).toEqual(late.media);
    early.close();
    late.close();
  });

  it('is decoded anew for a model of another size', async () => {
    const source = await MediaSource.open(clips.path('cfr'), ffmpeg, () => size);
    expect((await source.modelFrame(0, 16)).length).toBe(16 * 16 * 3);
    source.close();
  });
});
