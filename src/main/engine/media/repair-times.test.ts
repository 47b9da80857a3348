import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repairTimes } from './repair-times.ts';

const ms = (ticks: readonly (number | null)[], average = 40) => {
  const { times, scale, repair } = repairTimes(ticks, average);
  return { times: [...times].map((time) => time / scale), repair };
};

describe('times of frames', () => {
  it('stay as they are where they increase, gaps and negative ones among them', () => {
    const ticks = [-80, -40, 0, 40, 30_000, 30_040];
    expect(repairTimes(ticks, 40)).toEqual({ times: Float64Array.from(ticks), scale: 1, repair: null });
    expect(repairTimes([], 40)).toEqual({ times: new Float64Array(), scale: 1, repair: null });
  });

  it('are spread up to the next where several frames have one', () => {
    const { times, repair } = ms([0, 40, 80, 80, 160, 200, 200]);
    expect(times).toEqual([0, 40, 80, 120, 160, 200, 240]);
    expect(repair).toEqual({ missing: 0, equal: 2, disordered: 0, restarts: [] });
    expect(ms([0, 40, 80, 80, 90_000]).times).toEqual([0, 40, 80, 120, 90_000]);
    expect(ms([0, 40, 80, 80, 120, 160]).times).toEqual([0, 40, 80, 100, 120, 160]);
  });

  it('count finer than the clock where it is too coarse', () => {
    const { times, repair } = ms(Array.from({ length: 50 }, (_, i) => Math.floor(i / 25)));
    for (const [i, time] of times.entries()) expect(time).toBeCloseTo(i / 25, 2);
    expect(repair?.equal).toBe(48);
  });

  it('are put in order where the stamps came in another', () => {
    const { times, repair } = ms([0, 80, 120, 40, 200, 240, 160, 280]);
    expect(times).toEqual([0, 40, 80, 120, 160, 200, 240, 280]);
    expect(repair).toMatchObject({ equal: 0, restarts: [] });
    expect(repair!.disordered).toBeGreaterThan(0);
  });

  it('go on where a clock begins anew, at the same time, later or earlier', () => {
    const part = Array.from({ length: 10 }, (_, i) => 1000 + 40 * i);
    for (const first of [1000, 1120, 0]) {
      const { times, repair } = ms([...part, ...part.map((tick) => tick - 1000 + first), ...part.map((tick) => tick - 1000 + first)]);
      expect(times).toEqual(Array.from({ length: 30 }, (_, i) => 1000 + 40 * i));
      expect(repair?.restarts).toEqual([10, 20]);
    }
  });

  it('are found between neighbours where they are missing', () => {
    expect(ms([null, 40, null, null, 160, null]).times).toEqual([0, 40, 80, 120, 160, 200]);
    expect(ms([null, null, null]).times).toEqual([0, 40, 80]);
    expect(ms([null, 40, null]).repair?.missing).toBe(2);
  });

  it('increase whatever comes, one for each frame', () => {
    const tick = fc.option(fc.integer({ min: -1000, max: 100_000 }));
    fc.assert(
      fc.property(fc.array(tick, { maxLength: 80 }), fc.integer({ min: 1, max: 5000 }), (ticks, average) => {
        const { times, repair } = repairTimes(ticks, average);
        expect(times.length).toBe(ticks.length);
        for (let i = 0; i < times.length; i++) {
          expect(Number.isSafeInteger(times[i])).toBe(true);
          if (i > 0) expect(times[i]).toBeGreaterThan(times[i - 1]!);
        }
        expect(repair === null).toBe(ticks.every((at, i) => at !== null && (i === 0 || at > ticks[i - 1]!)));
      }),
    );
  });
});
