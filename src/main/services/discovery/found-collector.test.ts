import { describe, expect, it } from 'vitest';
import type { EngineResult } from '../../engine/api/protocol.ts';
import { FoundCollector } from './found-collector.ts';

const seen = (objectId: number, frame: number, area = 9) => ({ frame, result: { objectId, area } as EngineResult });
const track = (id: number, label: string | null) => ({ id, label, source: 'detector' as const, score: 0.9, bornFrame: 0 });

describe('what a search told', () => {
  it('comes by object, frames in their order though the first came late', () => {
    const found = new FoundCollector();
    found.take({ tracks: [track(1, 'cat')], results: [seen(1, 5), seen(1, 3), seen(1, 4)] });
    found.take({ tracks: [track(1, 'dog')], results: [seen(1, 6), seen(1, 7, 0)] });
    const [dog, ...others] = found.objects({ minFrames: 1, classes: null });
    expect(others).toEqual([]);
    // The class is what the votes say in the end, and empty masks are none.
    expect(dog).toMatchObject({ found: { label: 'dog', isAuto: true }, results: [3, 4, 5, 6].map((frame) => ({ frame })) });
  });

  it('tells where an object is seen best: large, and sure', () => {
    const found = new FoundCollector();
    const boxed = (frame: number, predictedIou: number, area: number) => ({
      ...{ frame },
      result: { objectId: 1, predictedIou, area, box: [frame, 0, 4, 3] } as unknown as EngineResult,
    });
    found.take({ tracks: [track(1, 'cat')], results: [boxed(0, 0.9, 4), boxed(1, 0.8, 100), boxed(2, 0.2, 120)] });
    const [cat] = found.objects({ minFrames: 1, classes: null });
    expect(cat!.found.place).toEqual({ frame: 1, box: { x: 1, y: 0, width: 4, height: 3 } });
  });

  it('leaves out what was seen for too short a time, or is of no class that is wanted', () => {
    const found = new FoundCollector();
    found.take({
      tracks: [track(1, 'cat'), track(2, 'dog'), track(3, null)],
      results: [seen(1, 0), seen(2, 0), seen(2, 1), seen(3, 0), seen(3, 1)],
    });
    const labels = (minFrames: number, classes: string[] | null) => found.objects({ minFrames, classes }).map((one) => one.found.label);
    expect(labels(2, null)).toEqual(['dog', null]);
    expect(labels(1, ['cat'])).toEqual(['cat']);
    expect(labels(3, null)).toEqual([]);
  });
});
