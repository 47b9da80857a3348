import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LaneColumn, LaneIndex, type LaneRun } from './lane-index.ts';

const runs = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 0, max: 5 }),
      length: fc.integer({ min: 1, max: 9 }),
      kind: fc.constantFrom<LaneRun['kind']>('present', 'absent', 'unsure'),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 30 },
  )
  .map((parts) => {
    let next = 0;
    return parts.map(({ gap, length, kind, confidence }): LaneRun => {
      const first = next + gap;
      next = first + length;
      return { first, last: next - 1, kind, confidence };
    });
  });

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
        (lane, from, width) => {
          const fast = new LaneIndex(lane).column(from, from + width);
          const slow = slowColumn(lane, from, from + width);
          for (const key of ['present', 'absent', 'unsure'] as const) expect(fast[key]).toBeCloseTo(slow[key], 6);
          // The mean of next to no frames has no digits left to compare.
          if (slow.present * width > 1e-4) expect(fast.confidence).toBeCloseTo(slow.confidence, 4);
        },
      ),
    );
  });

  it('shows one frame among 300,000 in the column that holds it', () => {
    const lane = new LaneIndex([{ first: 123_456, last: 123_456, kind: 'unsure', confidence: 0.2 }]);
    const columns = Array.from({ length: 1000 }, (_, x) => lane.column(x * 300, (x + 1) * 300));
    expect(columns.flatMap(({ unsure }, x) => (unsure > 0 ? [x] : []))).toEqual([Math.floor(123_456 / 300)]);
  });

  it('finds the unsure runs beside a frame', () => {
    const lane = new LaneIndex([
      { first: 3, last: 5, kind: 'unsure', confidence: 0.3 },
      { first: 6, last: 20, kind: 'present', confidence: 1 },
      { first: 21, last: 22, kind: 'unsure', confidence: 0.3 },
    ]);
    expect(lane.neighbourUnsure(3, 1)).toBe(21);
    expect(lane.neighbourUnsure(21, -1)).toBe(3);
    expect(lane.neighbourUnsure(21, 1)).toBeNull();
  });
});
