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
    return { name, dispose: () => this.log.push(`dispose ${name}`) };
  }

  override async encodeImage(rgb?: Uint8Array): Promise<ImageFeatures> {
    this.log.push(`encode ${rgb?.[0]}`);
    return this.#features(`${rgb?.[0]}`);
  }

  encodeAhead(rgb: Uint8Array): AheadFeatures {
    const name = `ahead ${rgb[0]}`;
    this.log.push(name);
    const { promise, resolve, reject } = Promise.withResolvers<ImageFeatures>();
    promise.catch(() => {});
    this.ahead.push({ name, resolve: () => resolve(this.#features(name)), reject });
    return { features: promise, start: () => this.log.push(`start ${name}`) };
  }
}

const picture = (frame: number): Uint8Array => Uint8Array.of(frame);
const of = async (cache: FeatureCache, frame: number): Promise<string> =>
  ((await cache.of(frame, () => picture(frame))) as NamedFeatures).name;

describe('features encoded ahead', () => {
  it('are those of their frame, begun by then at the latest, and kept like others', async () => {
    const graphs = new AheadGraphs();
    const cache = new FeatureCache(graphs);
    cache.encodeAhead(4, picture(4));
    cache.encodeAhead(4, picture(4));
    const wanted = of(cache, 4);
    expect(graphs.log).toEqual(['ahead 4', 'start ahead 4']);
    graphs.ahead[0]!.resolve();
    expect(await wanted).toBe('ahead 4');
    expect(await of(cache, 4)).toBe('ahead 4');
    cache.encodeAhead(4, picture(4));
    expect(graphs.log).toEqual(['ahead 4', 'start ahead 4']);
  });

  it('are never taken for another frame', async () => {
    const graphs = new AheadGraphs();
    const cache = new FeatureCache(graphs);
    cache.encodeAhead(5, picture(5));
    graphs.ahead[0]!.resolve();
    expect(await of(cache, 4)).toBe('4');
    expect(await of(cache, 5)).toBe('ahead 5');
  });

  it('fail the frame they were for and no other, and are encoded anew when it is asked for again', async () => {
    const graphs = new AheadGraphs();
    const cache = new FeatureCache(graphs);
    cache.encodeAhead(5, picture(5));
    graphs.ahead[0]!.reject(new Error('out of memory'));
    expect(await of(cache, 4)).toBe('4');
    await expect(of(cache, 5)).rejects.toThrow('out of memory');
    expect(await of(cache, 5)).toBe('5');
  });

  it('are one frame at most, freed when nobody came for them', async () => {
    const graphs = new AheadGraphs();
    const cache = new FeatureCache(graphs);
    cache.encodeAhead(5, picture(5));
    cache.encodeAhead(9, picture(9));
    for (const { resolve } of graphs.ahead) resolve();
    cache.clear();
    await Promise.resolve();
    expect(graphs.log).toEqual(['ahead 5', 'ahead 9', 'dispose ahead 5', 'dispose ahead 9']);
    expect(await of(cache, 5)).toBe('5');
  });

  it('are not there where graphs have no way to', async () => {
    const graphs = new AheadGraphs();
    const cache = new FeatureCache(Object.assign(graphs, { encodeAhead: () => null }));
    cache.encodeAhead(5, picture(5));
    expect(await of(cache, 5)).toBe('5');
  });
});
