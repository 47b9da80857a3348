import { describe, expect, it } from 'vitest';
import type { ImageFeatures } from '../../tracking/graphs.ts';
import { ImagesAhead } from './images-ahead.ts';

/** What was begun, in order: the image's first value, and ' for several' where it is for several objects or paths. */
const logged = (isShared = true) => {
  const begun: string[] = [];
  const encode = async (rgb: Uint8Array, forSeveral: boolean): Promise<ImageFeatures> => {
    begun.push(`${rgb[0]}${forSeveral ? ' for several' : ''}`);
    return {};
  };
  const settled = async (): Promise<string[]> => {
    await new Promise(setImmediate);
    return begun;
  };
  return { ahead: new ImagesAhead(encode, isShared), settled };
};
/** Whose frames they are. */
const clip = {};
const picture = (frame: number): Uint8Array => Uint8Array.of(frame);

describe('images of later frames', () => {
  it('are begun at once with one object', async () => {
    const { ahead, settled } = logged();
    ahead.attends(1, clip);
    ahead.newFrame(clip);
    ahead.begin(picture(1), true, clip);
    ahead.begin(picture(2), false, clip);
    expect(await settled()).toEqual(['1', '2']);
  });

  it('wait for the attention of several objects or paths, and then for their memories', async () => {
    const { ahead, settled } = logged();
    ahead.attends(3, clip);
    ahead.newFrame(clip);
    ahead.begin(picture(1), true, clip);
    const second = ahead.begin(picture(2), false, clip)!;
    expect(await settled()).toEqual([]);
    ahead.attends(3, clip);
    expect(await settled()).toEqual(['1 for several']);
    ahead.remembers();
    expect(await settled()).toEqual(['1 for several', '2 for several']);
    // It is the next frame's now, and begun already.
    ahead.newFrame(clip);
    second.next();
    ahead.begin(picture(3), false, clip);
    ahead.attends(3, clip);
    expect(await settled()).toEqual(['1 for several', '2 for several']);
    ahead.remembers();
    expect(await settled()).toEqual(['1 for several', '2 for several', '3 for several']);
  });

  it('are begun when they are wanted, whatever they wait for, and once', async () => {
    const { ahead, settled } = logged();
    ahead.attends(3, clip);
    const second = ahead.begin(picture(2), false, clip)!;
    second.start();
    ahead.remembers();
    await second.features;
    expect(await settled()).toEqual(['2 for several']);
  });

  it('are not begun once nobody wants them', async () => {
    const { ahead, settled } = logged();
    const first = ahead.begin(picture(1), true, clip)!;
    first.drop();
    ahead.attends(3, clip);
    const second = ahead.begin(picture(2), false, clip)!;
    second.drop();
    ahead.remembers();
    expect(await settled()).toEqual(['1']);
  });

  it('are those of the next frame alone where both threads run every graph together', async () => {
    const { ahead, settled } = logged(false);
    ahead.attends(4, clip);
    ahead.newFrame(clip);
    ahead.begin(picture(1), true, clip);
    expect(ahead.begin(picture(2), false, clip)).toBeNull();
    expect(await settled()).toEqual(['1']);
  });

  it('of two clips that take turns wait both, each for as many objects as its own clip has', async () => {
    const { ahead, settled } = logged();
    const other = {};
    ahead.newFrame(clip);
    ahead.attends(3, clip);
    ahead.remembers();
    ahead.newFrame(clip);
    ahead.begin(picture(1), true, clip);
    ahead.begin(picture(2), true, other);
    expect(await settled()).toEqual([]);
    ahead.attends(3, clip);
    expect(await settled()).toEqual(['1 for several', '2']);
    // The other's single object leaves the second thread free.
    ahead.newFrame(other);
    ahead.begin(picture(3), false, clip);
    expect(await settled()).toEqual(['1 for several', '2', '3 for several']);
  });
});
