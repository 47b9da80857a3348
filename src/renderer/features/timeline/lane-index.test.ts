import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lanePageFrames } from '../../../shared/session-state.ts';
import { type LaneColumn, LaneIndex, type LaneRun } from './lane-index.ts';

/** Over the border of a page too. */
const runs = fc.constantFrom(0, lanePageFrames - 40, 3 * lanePageFrames - 100).chain((offset) =>
  fc
    .array(
      fc.record({
        gap: fc.integer({ min: 0, max: 5 }),
        length: fc.integer({ min: 1, max: 9 }),
        kind: fc.constantFrom<LaneRun['kind']>('present', 'absent', 'unsure'),
        confidence: fc.nat(255).map((level) => level / 255),
      }),
      { maxLength: 30 },
    )
    .map((parts) => {
      let next = 0;
      return parts.map(({ gap, length, kind, confidence }): LaneRun => {
        const first = next + gap + offset;
        next = first + length - offset;
        return { first, last: first + length - 1, kind, confidence };
      });
    })
    .map((lane) => ({ lane, offset })),
);

/** Frame by frame. */
const slowColumn = (lane: readonly LaneRun[], from: number, to: number): LaneColumn => {
  let present = 0;
  let absent = 0;
  let unsure = 0;
  let confidence = 0;
  for (const run of lane) {
    const frames = Math.max(0, Math.min(to, run.last + 1) - Math.max(from, run.first));
    if (run.kind === 'absent') absent += frames;
    else {
      present += frames;
      confidence += frames * run.confidence;
      if (run.kind === 'unsure') unsure += frames;
    }
  }
  const width = to - from;
  return { present: present / width, absent: absent / width, unsure: unsure / width, confidence: present > 0 ? confidence / present : 0 };
};

describe('LaneIndex', () => {
  it('says of any column what counting its frames says', () => {
    fc.assert(
      fc.property(
        runs,
        fc.double({ min: 0, max: 200, noNaN: true }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        ({ lane, offset }, place, width) => {
          const from = offset + place;
          const fast = LaneIndex.of(lane).column(from, from + width);
          const slow = slowColumn(lane, from, from + width);
          for (const key of ['present', 'absent', 'unsure'] as const) expect(fast[key]).toBeCloseTo(slow[key], 6);
          // The mean of next to no frames has no digits left to compare.
          if (slow.present * width > 1e-4) expect(fast.confidence).toBeCloseTo(slow.confidence, 4);
        },
      ),
    );
  });

  it('shows one frame among 300,000 in the column that holds it', () => {
    const lane = LaneIndex.of([{ first: 123_456, last: 123_456, kind: 'unsure', confidence: 0.2 }]);
    const columns = Array.from({ length: 1000 }, (_, x) => lane.column(x * 300, (x + 1) * 300));
    expect(columns.flatMap(({ unsure }, x) => (unsure > 0 ? [x] : []))).toEqual([Math.floor(123_456 / 300)]);
  });

  it('takes the pages that changed and keeps the others', () => {
    const before = LaneIndex.of([
      { first: 0, last: 99, kind: 'present', confidence: 1 },
      { first: lanePageFrames, last: lanePageFrames + 9, kind: 'absent', confidence: 0 },
    ]);
    const after = before.with([{ page: 1, runs: [5, 0, 10, 3 * 256 + 51] }], false);
    expect(after.column(0, 100)).toMatchObject({ present: 1, confidence: 1 });
    expect(after.column(lanePageFrames + 5, lanePageFrames + 15)).toMatchObject({ present: 1, unsure: 1, absent: 0 });
    expect(after.column(lanePageFrames + 5, lanePageFrames + 15).confidence).toBeCloseTo(0.2);
    expect(before.column(lanePageFrames, lanePageFrames + 10).absent).toBe(1);
    expect(after.with([], true).column(0, 100).present).toBe(0);
  });
});
