import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FrameOutput, MemoryBank, selectConditioningFrames } from './memory-bank.ts';
import { testConstants } from './testing/scripted-graphs.ts';

const outputOf = (value: number): FrameOutput => ({
  logits: new Float32Array(1),
  objectLogit: 1,
  predictedIou: 0.9,
  pointer: Float32Array.of(value),
  maskMemory: Float32Array.of(value),
});

const filledBank = (conditioning: number[], recent: number[]): MemoryBank => {
  const bank = new MemoryBank(testConstants);
  for (const t of conditioning) bank.conditioning.set(t, outputOf(t));
  for (const t of recent) bank.recent.set(t, outputOf(t));
  return bank;
};

const frames = (bank: MemoryBank, frame: number, reverse = false): [number, number][] =>
  bank.memoriesFor(frame, reverse).map(({ source, temporalRow }) => [source.pointer[0]!, temporalRow]);

describe('attended memories', () => {
  it('attends all conditioning frames, future ones too, then six recent ones, oldest first (rules 17 to 19)', () => {
    const bank = filledBank([0, 30], [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(frames(bank, 20)).toEqual([
      [0, 6],
      [30, 6],
      [14, 5],
      [15, 4],
      [16, 3],
      [17, 2],
      [18, 1],
      [19, 0],
    ]);
  });

  it('mirrors the window in reverse and skips what is missing', () => {
    expect(frames(filledBank([30], [21, 23, 26, 27]), 20, true)).toEqual([
      [30, 6],
      [26, 5],
      [23, 2],
      [21, 0],
    ]);
  });

  it('takes recent frames from the stride grid, the previous frame always', () => {
    const bank = new MemoryBank({ ...testConstants, memoryTemporalStride: 3 });
    bank.conditioning.set(0, outputOf(0));
    for (let t = 1; t < 20; t++) bank.recent.set(t, outputOf(t));
    expect(bank.memoriesFor(20, false).map(({ source }) => source.pointer[0])).toEqual([0, 6, 9, 12, 15, 18, 19]);
  });

  it('treats an unselected conditioning frame in the window as an ordinary one (rule 18)', () => {
    const bank = new MemoryBank({ ...testConstants, maxCondFrames: 2 });
    for (const t of [0, 17, 18, 40]) bank.conditioning.set(t, outputOf(t));
    expect(bank.memoriesFor(20, false).map(({ source, temporalRow }) => [source.pointer[0], temporalRow])).toEqual([
      [18, 6],
      [40, 6],
      [17, 2],
    ]);
  });
});

describe('attended pointers', () => {
  it('takes past conditioning frames, then up to 15 recent ones, newest first, over a divisor of 15', () => {
    const bank = filledBank(
      [0, 30],
      Array.from({ length: 19 }, (_, i) => i + 1),
    );
    const attended = bank.pointersFor(20, false, null);
    expect(attended.map(({ pointer }) => pointer[0])).toEqual([0, ...Array.from({ length: 15 }, (_, i) => 19 - i)]);
    expect(attended[0]!.position).toBeCloseTo(20 / 15);
    expect(attended[1]!.position).toBeCloseTo(1 / 15);
  });

  it('uses the clip length as the divisor for a clip shorter than 16 frames (rule 23)', () => {
    const attended = filledBank([0], [1, 2]).pointersFor(3, false, 10);
    expect(attended.map(({ position }) => position)).toEqual([3 / 9, 1 / 9, 2 / 9]);
  });

  it('flips the sign in reverse and stops at the edge of the clip', () => {
    const attended = filledBank([9], [6, 7, 8]).pointersFor(5, true, 10);
    expect(attended.map(({ pointer, position }) => [pointer[0], position])).toEqual([
      [9, 4 / 9],
      [6, 1 / 9],
      [7, 2 / 9],
      [8, 3 / 9],
    ]);
  });
});

describe('selectConditioningFrames', () => {
  it('keeps the limit, the nearest before and the nearest at or after, and loses nothing', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 20 }),
        fc.nat(200),
        fc.integer({ min: 2, max: 8 }),
        (all, frame, limit) => {
          const map = new Map(all.map((t) => [t, t]));
          const { selected, rest } = selectConditioningFrames(frame, map, limit);
          expect(selected.size).toBe(Math.min(limit, all.length));
          expect([...selected.keys(), ...rest.keys()].sort()).toEqual([...all].sort());
          const before = all.filter((t) => t < frame);
          const after = all.filter((t) => t >= frame);
          if (before.length > 0) expect(selected.has(Math.max(...before))).toBe(true);
          if (after.length > 0) expect(selected.has(Math.min(...after))).toBe(true);
        },
      ),
    );
  });
});

describe('prune', () => {
  it('never drops what the next frame attends to, and stays bounded', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.boolean(), fc.nat(40), (length, reverse, history) => {
        const pruned = new MemoryBank(testConstants, history);
        const kept = new MemoryBank(testConstants);
        const origin = reverse ? 500 : 0;
        for (const bank of [pruned, kept]) bank.conditioning.set(origin, outputOf(origin));
        for (let step = 1; step <= length; step++) {
          const t = reverse ? origin - step : step;
          expect(pruned.memoriesFor(t, reverse).map((m) => [m.source.pointer[0], m.temporalRow])).toEqual(
            kept.memoriesFor(t, reverse).map((m) => [m.source.pointer[0], m.temporalRow]),
          );
          expect(pruned.pointersFor(t, reverse, null).map((p) => p.pointer[0])).toEqual(
            kept.pointersFor(t, reverse, null).map((p) => p.pointer[0]),
          );
          pruned.recent.set(t, outputOf(t));
          kept.recent.set(t, outputOf(t));
          pruned.prune(t, reverse);
        }
        expect(pruned.recent.size).toBeLessThanOrEqual(Math.max(16, history + 1));
        expect([...pruned.recent.values()].filter((m) => m.maskMemory !== null).length).toBeLessThanOrEqual(Math.max(8, history + 1));
      }),
      { numRuns: 60 },
    );
  });
});
