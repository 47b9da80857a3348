import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laneKinds, lanePageFrames } from '../../../shared/session-state.ts';
import { MaskStore } from './mask-store.ts';

const masked = (objectId: number, predictedIou: number, objectLogit: number, area = 4) => ({
  objectId,
  counts: '1',
  box: null,
  area,
  predictedIou,
  objectLogit,
  prompted: false,
  overlay: { objectId, width: 1, height: 1, scale: 1, predictedIou, objectLogit, logits: new Int8Array(1) },
});

/** By frame, for those with a result. */
const unrolled = (pages: readonly { page: number; runs: readonly number[] }[]): Map<number, string> => {
  const frames = new Map<number, string>();
  for (const { page, runs } of pages) {
    let frame = page * lanePageFrames;
    for (let i = 0; i < runs.length; i += 2)
      for (let n = 0; n < runs[i]!; n++, frame++) if (runs[i + 1] !== 0) frames.set(frame, laneKinds[runs[i + 1]! >> 8]!);
  }
  return frames;
};

const frame = fc.oneof(fc.nat(20), fc.integer({ min: lanePageFrames - 5, max: lanePageFrames + 5 }), fc.constant(3 * lanePageFrames));

describe('the lane of an object', () => {
  it('says of each frame how the object is there, told at once or change by change', () => {
    const looks = fc.constantFrom<[number, number, number, string]>(
      [0.9, 5, 4, 'present'],
      [0.3, 5, 4, 'unsure'],
      [0.9, 0.5, 4, 'unsure'],
      [0.9, -3, 4, 'absent'],
      [0.9, 5, 0, 'absent'],
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(frame, fc.option(looks), fc.boolean())), (steps) => {
        const store = new MaskStore();
        store.setMaskKeys([{ id: 1, maskKey: 1 }]);
        const wanted = new Map<number, string>();
        const known = new Map<number, { page: number; runs: readonly number[] }>();
        let since = 0;
        for (const [at, look, isTold] of steps) {
          if (look) {
            store.put(at, masked(1, look[0], look[1], look[2]));
            wanted.set(at, look[3]);
          } else {
            store.remove(1, at);
            wanted.delete(at);
          }
          if (!isTold) continue;
          const lane = store.lane(1, since);
          if (lane.isWhole) known.clear();
          for (const page of lane.pages) known.set(page.page, page);
          since = lane.revision;
          expect(unrolled([...known.values()])).toEqual(wanted);
        }
        expect(unrolled(store.lane(1, 0).pages)).toEqual(wanted);
      }),
    );
  });

  it('tells only the page that changed, nothing when nothing did, and all of another maskKey', () => {
    const store = new MaskStore();
    store.setMaskKeys([{ id: 1, maskKey: 1 }]);
    for (const at of [0, lanePageFrames, 2 * lanePageFrames]) store.put(at, masked(1, 0.9, 5));
    const first = store.lane(1, 0);
    expect([first.isWhole, first.pages.map(({ page }) => page)]).toEqual([true, [0, 1, 2]]);
    expect(store.lane(1, first.revision)).toEqual({ revision: first.revision, isWhole: false, pages: [] });
    store.put(lanePageFrames + 7, masked(1, 0.2, 5));
    const second = store.lane(1, first.revision);
    expect([second.isWhole, second.pages.map(({ page }) => page)]).toEqual([false, [1]]);
    store.setMaskKeys([{ id: 1, maskKey: 9 }]);
    expect(store.lane(1, second.revision)).toMatchObject({ isWhole: true, pages: [] });
  });
});
