import { describe, expect, it } from 'vitest';
import type { ImageFeatures } from '../tracking/graphs.ts';
import { ImagesAhead } from './images-ahead.ts';

/** What was begun, in order: the image's first value, and ' for several' where it is for several objects or paths. */
const logged = (isShared = true) => {
  const begun: string[] = [];
  const disposed: number[] = [];
  const encode = async (rgb: Uint8Array, forSeveral: boolean): Promise<ImageFeatures> => {
    begun.push(`${rgb[0]}${forSeveral ? ' for several' : ''}`);
    return { dispose: () => void disposed.push(rgb[0]!) };
  };
  const settled = async (): Promise<string[]> => {
    await new Promise(setImmediate);
    return begun;
  };
  return { ahead: new ImagesAhead(encode, isShared), settled, disposed };
};
const picture = (frame: number): Uint8Array => Uint8Array.of(frame);

describe('images of later frames', () => {
  it('are begun at once with one object', async () => {
    const { ahead, settled } = logged();
    ahead.attends(1, false);
    ahead.newFrame();
    ahead.begin(picture(1), true);
    ahead.begin(picture(2), false);
    expect(await settled()).toEqual(['1', '2']);
  });

  it('wait for the attention of several objects, and only the next one is begun', async () => {
    const { ahead, settled } = logged();
    ahead.attends(4, true);
    ahead.newFrame();
    ahead.begin(picture(1), true);
    const second = ahead.begin(picture(2), false)!;
    expect(await settled()).toEqual([]);
    ahead.attends(4, true);
    expect(await settled()).toEqual(['1 for several']);
    ahead.remembers();
    expect(await settled()).toEqual(['1 for several']);
    // It is the next frame's now, which is attended to first.
    ahead.newFrame();
    second.next();
    expect(await settled()).toEqual(['1 for several']);
    ahead.attends(4, true);
    expect(await settled()).toEqual(['1 for several', '2 for several']);
  });

  it('follow the memories of the paths of a tree', async () => {
    const { ahead, settled } = logged();
    ahead.attends(3, false);
    ahead.begin(picture(1), true);
    ahead.begin(picture(2), false);
    expect(await settled()).toEqual(['1 for several']);
    ahead.remembers();
    expect(await settled()).toEqual(['1 for several', '2 for several']);
  });

  it('are begun when they are wanted, whatever they wait for, and once', async () => {
    const { ahead, settled } = logged();
    ahead.attends(3, false);
    const second = ahead.begin(picture(2), false)!;
    second.start();
    ahead.remembers();
    await second.features;
    expect(await settled()).toEqual(['2 for several']);
  });

  it('are not begun once nobody wants them, or given back', async () => {
    const { ahead, settled, disposed } = logged();
    const first = ahead.begin(picture(1), true)!;
    first.drop();
    ahead.attends(3, false);
    const second = ahead.begin(picture(2), false)!;
    second.drop();
    ahead.remembers();
    expect(await settled()).toEqual(['1']);
    expect(disposed).toEqual([1]);
  });

  it('are those of the next frame alone where both threads run every graph together', async () => {
    const { ahead, settled } = logged(false);
    ahead.attends(4, false);
    ahead.newFrame();
    ahead.begin(picture(1), true);
    expect(ahead.begin(picture(2), false)).toBeNull();
    expect(await settled()).toEqual(['1']);
  });
});
