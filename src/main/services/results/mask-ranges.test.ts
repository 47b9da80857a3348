/** Which frames have a result, and which masks are shown on one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineResult } from '../../engine/api/protocol.ts';
import { MaskStore } from './mask-store.ts';

const result = (objectId: number, value = 16, area = 1): EngineResult => ({
  objectId,
  counts: '1',
  box: null,
  area,
  predictedIou: 0.5,
  objectLogit: 1,
  prompted: false,
  overlay: { objectId, width: 2, height: 2, scale: 1 / 16, predictedIou: 0.5, objectLogit: 1, logits: Int8Array.of(value, -value, 0, 127) },
});

describe('MaskStore', () => {
  it('tells ranges like a set would', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(60), fc.boolean())), (steps) => {
        const store = new MaskStore();
        const model = new Set<number>();
        for (const [frame, isPut] of steps) {
          if (isPut) {
            store.put(frame, result(1));
            model.add(frame);
          } else {
            store.remove(1, frame);
            model.delete(frame);
          }
        }
        const covered = store.ranges(1).flatMap(([a, b]) => Array.from({ length: b - a + 1 }, (_, i) => a + i));
        expect(covered).toEqual([...model].sort((a, b) => a - b));
        expect(store.ranges(1).every(([a], i, all) => i === 0 || a > all[i - 1]![1] + 1)).toBe(true);
        expect(store.frames(1)).toEqual(covered);
        expect(store.seen(1)).toBe(model.size);
      }),
    );
  });

  it('gives back the logits it was given, for the window and for a correction', () => {
    const store = new MaskStore();
    store.put(7, result(3));
    expect([...store.overlays(7, [3, 4])[0]!.logits]).toEqual([16, -16, 0, 127]);
    expect([...store.priorLogits(3, 7, 2)!]).toEqual([1, -1, 0, 127 / 16]);
    expect(store.priorLogits(3, 8, 2)).toBeNull();
    expect(store.priorLogits(3, 7, 4)).toBeNull();
  });

  it('counts the frames on which the object was found, not those on which it was looked for', () => {
    const store = new MaskStore();
    store.put(0, result(1));
    store.put(1, result(1, 16, 0));
    store.put(2, { ...result(1), objectLogit: -1 });
    expect([store.seen(1), store.ranges(1)]).toEqual([1, [[0, 2]]]);
    store.put(1, result(1));
    store.put(0, result(1, 16, 0));
    expect(store.seen(1)).toBe(1);
  });
});
