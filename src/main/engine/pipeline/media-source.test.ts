import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../media/ffmpeg-binary.ts';
import { probe } from '../media/probe.ts';
import { type ClipName, type Clips, makeClips } from '../media/testing/make-clips.ts';
import { MediaSource } from './media-source.ts';
import { PictureReaders } from './picture-readers.ts';

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

describe('pictures for several viewers', () => {
  it('end no request of another viewer, keep few readers, and share one bound', async () => {
    const { info, index } = await probe(clips.path('cfr'), { ffmpeg });
    const readers = new PictureReaders({ path: info.path, info, index, ffmpeg });
    const small = { width: 64, height: 48 };
    const alone = await readers.read(40, small, 0, 'view');
    // More at once than are kept: none of them waits in vain.
    const all = await Promise.all(Array.from({ length: 7 }, (_, viewer) => readers.read(viewer % 2 ? 40 : 3, small, viewer, 'view')));
    expect(Buffer.compare(all[1]!.planes, alone.planes)).toBe(0);
    await readers.read(3, small, 7, 'view');
    expect(readers.count).toBe(4);
    await readers.read(3, small, 7, 'thumbnail');
    expect(readers.count).toBe(5);
    readers.forget(7);
    expect(readers.count).toBe(3);
    const [older, newer] = await Promise.allSettled([readers.read(60, small, 3, 'view'), readers.read(5, small, 3, 'view')]);
    expect(older).toMatchObject({ reason: { code: 'cancelled' } });
    expect(newer.status).toBe('fulfilled');
    readers.close();
    expect([readers.count, readers.bytes]).toEqual([0, 0]);
  });
});
