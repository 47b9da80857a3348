/** A still, noisy scene through which one thing walks: what the memory of probes saves, at no cost of objects. */
import { describe, expect, it } from 'vitest';
import { Discoverer } from './discoverer.ts';
import { GridMask } from './grid-mask.ts';
import { GridStrategy } from './grid-strategy.ts';
import type { LumaPicture } from './luma-picture.ts';
import { cellAt } from './prompt-strategy.ts';

const size = 32;
const side = 6;
const framesPerSecond = 24;
const comesAt = 48;
const frames = 120;

/** The walker's left edge, in cells; null before it comes. */
const walkerAt = (frame: number): number | null => (frame < comesAt ? null : Math.min(size - side, Math.floor((frame - comesAt) / 3)));
const walkerMask = (left: number): GridMask =>
  GridMask.of(
    size,
    (cell) => cell % size >= left && cell % size < left + side && Math.floor(cell / size) >= 12 && Math.floor(cell / size) < 12 + side,
  );

/** Noise of three steps, the same in every run. */
const pictureOf = (frame: number): LumaPicture => {
  const left = walkerAt(frame);
  const walker = left === null ? null : walkerMask(left);
  return {
    size,
    values: Uint8Array.from({ length: size * size }, (_, cell) => {
      const noise = ((cell * 7919 + frame * 104_729) % 7) - 3;
      return (walker?.has(cell) ? 220 : 60 + (cell % size) * 2) + noise;
    }),
  };
};

const watch = async (remembers: boolean): Promise<{ prompts: number; ids: number[]; foundAt: number | null }> => {
  const discoverer = new Discoverer({
    size,
    strategy: new GridStrategy(8, remembers),
    thresholds: { pointIou: 0.7, boxIou: 0.5, stability: 0, stabilityOffset: 1 },
    limits: { least: 0.01, most: 0.6 },
    maxObjects: 8,
  });
  let prompts = 0;
  let foundAt: number | null = null;
  const ids = new Set<number>();
  for (let frame = 0; frame < frames; frame++) {
    const left = walkerAt(frame);
    const mask = left === null ? GridMask.empty(size) : walkerMask(left);
    const outcome = await discoverer.step(
      {
        frame,
        timeMs: (frame * 1000) / framesPerSecond,
        picture: pictureOf(frame),
        results: discoverer.tracks.map(({ key }) => ({ key, mask, score: 0.9, objectLogit: 5 })),
        others: [],
        region: null,
        budget: 8,
      },
      {
        probe: async (proposals) =>
          proposals.map(({ point }) => ({
            logits: Float32Array.from({ length: size * size }, (_, cell) => (mask.has(cell) ? 5 : -5)),
            iou: mask.has(cellAt(size, ...point!)) ? 0.9 : 0.2,
            objectLogit: 3,
          })),
      },
    );
    prompts += outcome.prompts;
    for (const { id } of discoverer.shown) ids.add(id!);
    if (discoverer.shown.length > 0) foundAt ??= frame;
  }
  return { prompts, ids: [...ids], foundAt };
};

describe('a still scene with one walker', () => {
  it('costs at least 70 % fewer prompts with the memory, for the same object, found within a second', async () => {
    const [memory, none] = [await watch(true), await watch(false)];
    expect(memory.ids).toEqual(none.ids);
    expect(memory.prompts).toBeLessThanOrEqual(0.3 * none.prompts);
    expect(memory.foundAt! - comesAt).toBeLessThanOrEqual(framesPerSecond);
  });
});
