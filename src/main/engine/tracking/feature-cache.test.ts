import { describe, expect, it } from 'vitest';
import { FeatureCache } from './feature-cache.ts';
import type { AheadFeatures, ImageFeatures } from './graphs.ts';
import { ScriptedGraphs } from './testing/scripted-graphs.ts';

interface NamedFeatures extends ImageFeatures {
  name: string;
}

/** Encodes at once, or ahead: by hand. */
class AheadGraphs extends ScriptedGraphs {
  readonly log: string[] = [];
  readonly ahead: { name: string; resolve: () => void; reject: (error: Error) => void }[] = [];

  #features(name: string): NamedFeatures {
    return { name };
  }

  override async encodeImage(rgb?: Uint8Array): Promise<ImageFeatures> {
    this.log.push(`encode ${rgb?.[0]}`);
    return this.#features(`${rgb?.[0]}`);
  }

  encodeAhead(rgb: Uint8Array, isNext: boolean): AheadFeatures {
    const name = `ahead ${rgb[0]}`;
    this.log.push(isNext ? name : `${name}, later`);
    const { promise, resolve, reject } = Promise.withResolvers<ImageFeatures>();
    promise.catch(() => {});
    this.ahead.push({ name, resolve: () => resolve(this.#features(name)), reject });
    const tell = (what: string) => () => void this.log.push(`${what} ${name}`);
    return { features: promise, next: tell('next'), start: tell('start'), drop: tell('drop') };
  }
}

const picture = (frame: number): Uint8Array => Uint8Array.of(frame);
const upcoming = (...frames: number[]) => frames.map((frame) => ({ frame, image: picture(frame) }));
const of = async (cache: FeatureCache, frame: number): Promise<string> =>
  ((await cache.of(frame, () => picture(frame))) as NamedFeatures).name;

describe('features encoded ahead', () => {
  it('are those of their frame, begun by then at the latest, and kept like others', async () => {
    const graphs = new AheadGraphs();
    const cache = new FeatureCache(graphs);
    cache.encodeAhead(upcoming(4));
    const wanted = of(cache, 4);
    expect(graphs.log).toEqual(['ahead 4', 'start ahead 4']);
    graphs.ahead[0]!.resolve();
    expect(await wanted).toBe('ahead 4');
    expect(await of(cache, 4)).toBe('ahead 4');
    cache.encodeAhead(upcoming(4));
    expect(graphs.log).toEqual(['ahead 4', 'start ahead 4']);
  });

  it('are those of the next two frames, each asked for once, and told when it is the next', async () => {
    const graphs = new AheadGraphs();
    const cache = new FeatureCache(graphs);
    cache.encodeAhead(upcoming(4, 5, 6));
    expect(graphs.log).toEqual(['ahead 4', 'ahead 5, later']);
    for (const { resolve } of graphs.ahead) resolve();
    expect(await of(cache, 4)).toBe('ahead 4');
    cache.encodeAhead(upcoming(5, 6));
    expect(await of(cache, 5)).toBe('ahead 5');
    expect(graphs.log.slice(2)).toEqual(['start ahead 4', 'next ahead 5', 'ahead 6, later', 'start ahead 5']);
  });

  it('are never taken for another frame', async () => {
    const graphs = new AheadGraphs();
    const cache = new FeatureCache(graphs);
    cache.encodeAhead(upcoming(5));
    graphs.ahead[0]!.resolve();
    expect(await of(cache, 4)).toBe('4');
    expect(await of(cache, 5)).toBe('ahead 5');
  });

  it('fail the frame they were for and no other, and are encoded anew when it is asked for again', async () => {
    const graphs = new AheadGraphs();
    const cache = new FeatureCache(graphs);
    cache.encodeAhead(upcoming(5));
    graphs.ahead[0]!.reject(new Error('out of memory'));
    expect(await of(cache, 4)).toBe('4');
    await expect(of(cache, 5)).rejects.toThrow('out of memory');
    expect(await of(cache, 5)).toBe('5');
  });

  it('are dropped when nobody will come for them', async () => {
    const graphs = new AheadGraphs();
    const cache = new FeatureCache(graphs);
    cache.encodeAhead(upcoming(5, 6));
    cache.encodeAhead(upcoming(6, 9));
    cache.clear();
    expect(graphs.log).toEqual([
      'ahead 5',
      'ahead 6, later',
      'drop ahead 5',
      'next ahead 6',
      'ahead 9, later',
      'drop ahead 6',
      'drop ahead 9',
    ]);
    expect(await of(cache, 5)).toBe('5');
  });

  it('are not there where graphs have no way to', async () => {
    const graphs = new AheadGraphs();
    const cache = new FeatureCache(Object.assign(graphs, { encodeAhead: () => null }));
    cache.encodeAhead(upcoming(5));
    expect(await of(cache, 5)).toBe('5');
  });
});
