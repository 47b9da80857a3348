import { describe, expect, it } from 'vitest';
import { MaskFeed, sliceFrames } from './mask-feed.ts';

const framesOf = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ frame: from + i, masks: [[1, `m${from + i}`] as const] }));

describe('MaskFeed', () => {
  it('asks one slice ahead, and for none twice or beyond the end', async () => {
    const asked: [number, number][] = [];
    const from = 10;
    const to = from + 2 * sliceFrames + 4;
    const feed: MaskFeed = new MaskFeed(
      { from, to },
      (a, b) => {
        asked.push([a, b]);
        queueMicrotask(() => feed.put(a, framesOf(a, b)));
      },
      new AbortController().signal,
    );
    for (let frame = from; frame <= to; frame++) {
      expect((await feed.at(frame))?.get(1)).toBe(`m${frame}`);
      expect(asked.length).toBe(Math.min(3, Math.floor((frame - from) / sliceFrames) + 2));
    }
    expect(asked).toEqual([
      [10, 10 + sliceFrames - 1],
      [10 + sliceFrames, 10 + 2 * sliceFrames - 1],
      [10 + 2 * sliceFrames, to],
    ]);
  });

  it('has none for a frame without masks', async () => {
    const feed: MaskFeed = new MaskFeed({ from: 0, to: 3 }, (a) => queueMicrotask(() => feed.put(a, [])), new AbortController().signal);
    expect(await feed.at(2)).toEqual(new Map());
  });

  it('ends with the run when nobody answers', async () => {
    const ending = new AbortController();
    const feed = new MaskFeed({ from: 0, to: 3 }, () => {}, ending.signal);
    const waiting = feed.at(0);
    ending.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('has nothing after the frame it is told to end with, though somebody waits for that', async () => {
    const feed: MaskFeed = new MaskFeed(
      { from: 0, to: 3 * sliceFrames },
      (a, b) => {
        if (a === 0) queueMicrotask(() => feed.put(a, framesOf(a, b)));
      },
      new AbortController().signal,
    );
    expect((await feed.at(sliceFrames - 1))?.get(1)).toBe(`m${sliceFrames - 1}`);
    const waiting = feed.at(sliceFrames);
    feed.end(null, false);
    expect(await waiting).toBeNull();
    expect(feed.isWhole).toBe(false);
    feed.end(3 * sliceFrames, true);
    expect(await feed.at(sliceFrames)).toBeNull();
  });

  it('gives what lies before the last frame that is wanted, also where it comes later', async () => {
    const feed = new MaskFeed({ from: 0, to: 100 }, () => {}, new AbortController().signal);
    const [first, second] = [feed.at(0), feed.at(1)];
    feed.end(0, true);
    feed.put(0, framesOf(0, sliceFrames - 1));
    expect((await first)?.get(1)).toBe('m0');
    expect(await second).toBeNull();
    feed.end(null, false);
    expect(feed.isWhole).toBe(true);
  });
});
