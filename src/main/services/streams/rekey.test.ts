import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineResult } from '../../engine/api/protocol.ts';
import { MaskStore } from '../results/mask-store.ts';
import { newWork } from '../session/kept-work.ts';
import type { ObjectRecord } from '../session/object-list.ts';
import { FrameMap, rekeyMasks, rekeyWork } from './rekey.ts';

const frameMs = 40;
const media = (times: readonly number[]) => ({
  ptsTicks: Float64Array.from(times),
  timeBase: { num: 1, den: 1000 },
  averageFps: 1000 / frameMs,
});
const object = (id: number, frames: number[]): ObjectRecord => ({
  ...{ id, name: `Object ${id}`, color: '#ff0000', visible: true, solo: false, locked: false, maskKey: id },
  prompts: frames.map((frame) => ({ frame, points: [{ x: 1, y: 1, label: 1 as const }], box: null, mask: null })),
});
const result = (objectId: number, area: number, prompted: boolean): EngineResult => ({
  ...{ objectId, counts: `${area}`, box: [0, 0, 1, 1], area, predictedIou: 0.5, objectLogit: 1, prompted },
  overlay: { objectId, width: 4, height: 4, scale: 1, predictedIou: 0.5, objectLogit: 1, logits: new Int8Array(16) },
});

/** A recording of two parts with a gap, of which some frames were taken. */
const recordings = fc
  .record({
    first: fc.integer({ min: 1, max: 40 }),
    second: fc.nat(40),
    gap: fc.nat(5_000),
    taken: fc.infiniteStream(fc.boolean()),
    jitter: fc.infiniteStream(fc.integer({ min: -1, max: 1 })),
  })
  .map(({ first, second, gap, taken, jitter }) => {
    const offset = first * frameMs + gap;
    const times = [
      ...Array.from({ length: first }, (_, i) => ({ segment: 0, ptsMs: i * frameMs + 7, at: i * frameMs })),
      ...Array.from({ length: second }, (_, i) => ({ segment: 1, ptsMs: i * frameMs, at: offset + i * frameMs })),
    ];
    const picked = times.flatMap((time, recorded) => (taken.next().value ? [{ ...time, recorded }] : []));
    // The muxer rounds.
    const recorded = times.map(({ at }) => at + (jitter.next().value ?? 0));
    return {
      live: picked.map((time) => ({ ...time, wallMs: 0 })),
      recorded,
      segments: [
        { segment: 0, offsetMs: -7 },
        { segment: 1, offsetMs: offset },
      ],
    };
  });

describe('from live frames to those of the recording', () => {
  it('finds each by its time, over gaps and roundings', () => {
    fc.assert(
      fc.property(recordings, ({ live, recorded, segments }) => {
        const map = new FrameMap(live, segments, media(recorded));
        expect(live.map((_, i) => map.same(i))).toEqual(live.map((time) => time.recorded));
      }),
    );
  });

  it('says of a frame that is not in the recording that it is not, and what is nearest', () => {
    const live = [0, 40, 80, 120].map((ptsMs) => ({ segment: 0, ptsMs, wallMs: 0 }));
    const map = new FrameMap(live, [{ segment: 0, offsetMs: 0 }], media([0, 40, 80]));
    expect([map.same(2), map.same(3), map.near(3), map.near(99)]).toEqual([2, null, 2, 2]);
    const lost = new FrameMap([...live, { segment: 1, ptsMs: 0, wallMs: 0 }], [{ segment: 0, offsetMs: 0 }], media([0, 40, 80, 120]));
    expect([lost.same(4), lost.near(4)]).toEqual([null, 3]);
  });

  it('takes prompts, marks, position and masks along', async () => {
    // Every second frame was taken.
    const live = [0, 80, 160, 240].map((ptsMs) => ({ segment: 0, ptsMs, wallMs: 0 }));
    const map = new FrameMap(live, [{ segment: 0, offsetMs: 0 }], media([0, 40, 80, 120, 160, 200, 240]));
    const work = { ...newWork, objects: [object(1, [1, 3]), object(2, [])], marks: { in: 0, out: 2 }, position: 3, nextId: 3 };
    const kept = rekeyWork(work, map, true);
    expect(kept).toMatchObject({ marks: { in: 0, out: 4 }, position: 6, nextId: 3 });
    expect(kept.objects[0]!.prompts.map(({ frame }) => frame)).toEqual([2, 6]);
    expect(Object.keys(kept.trackedWith)).toEqual(['1']);
    const from = new MaskStore();
    from.setMaskKeys(work.objects);
    for (let frame = 1; frame < 4; frame++) from.put(frame, result(1, frame, frame === 1));
    const to = new MaskStore();
    await rekeyMasks(from, to, kept.objects, map);
    expect(to.frames(1).map((frame) => [frame, to.get(1, frame)!.area])).toEqual([
      [2, 1],
      [4, 2],
      [6, 3],
    ]);
  });
});
