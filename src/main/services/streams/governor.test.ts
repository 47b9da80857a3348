import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decideEveryMs,
  densityLever,
  fittingModel,
  type Governor,
  type GovernorSample,
  type GovernorStep,
  intervalLever,
  type Lever,
  leverValues,
  memoryPressure,
  modelLadder,
  smallerModel,
  startGovernor,
  stepGovernor,
  strideLever,
} from './governor.ts';

const levers: Lever[] = [
  densityLever(12),
  intervalLever(100),
  strideLever,
  { name: 'model', values: ['small', 'tiny'], savesMemory: true },
];
const targetFps = 10;

/** Samples as a machine gives that can do so many frames a second at the levers' settings. */
const live = (
  seconds: number,
  capacityFps: (values: Record<string, number | string>) => number,
  { cameFps = 15, freePercent = 80 as number | null, from = startGovernor(levers, 0), fromMs = 0 } = {},
): { governor: Governor; steps: (GovernorStep & { atMs: number })[] } => {
  let governor = from;
  const steps: (GovernorStep & { atMs: number })[] = [];
  for (let second = 1; second <= seconds; second++) {
    const came = Math.min(cameFps, targetFps);
    const done = Math.min(came, capacityFps(leverValues(governor)));
    const sample: GovernorSample = { came, done, dropped: came - done, busyMs: done * 50, freePercent };
    const atMs = fromMs + second * 1000;
    const next = stepGovernor(governor, sample, targetFps, atMs);
    governor = next.governor;
    if (next.step) steps.push({ ...next.step, atMs });
  }
  return { governor, steps };
};

describe('the governor', () => {
  it('moves one lever a decision, in their order, down to the last', () => {
    const { governor, steps } = live(60, () => 3);
    expect(steps.map(({ lever, to }) => [lever, to])).toEqual([
      ['density', 10],
      ['density', 8],
      ['interval', 110],
      ['interval', 120],
      ['stride', 2],
      ['model', 'tiny'],
    ]);
    expect(steps.map(({ atMs }) => atMs)).toEqual([2, 4, 6, 8, 10, 12].map((s) => s * 1000));
    expect(steps[0]!.why).toBe('3.0 of 10.0 frames/s were tracked.');
    expect(leverValues(governor)).toEqual({ density: 8, interval: 120, stride: 2, model: 'tiny' });
  });

  it('goes back in reverse, a step for each ten good seconds', () => {
    const low = live(14, () => 3).governor;
    const { governor, steps } = live(80, () => 100, { from: low, fromMs: 14_000 });
    expect(steps.map(({ lever, to, direction }) => [lever, to, direction])).toEqual([
      ['model', 'small', 'up'],
      ['stride', 1, 'up'],
      ['interval', 110, 'up'],
      ['interval', 100, 'up'],
      ['density', 10, 'up'],
      ['density', 12, 'up'],
    ]);
    for (const [i, { atMs }] of steps.entries()) expect(atMs - (steps[i - 1]?.atMs ?? 14_000)).toBeGreaterThanOrEqual(10_000);
    expect(governor.at).toEqual([0, 0, 0, 0]);
  });

  it('does nothing for a camera that is slower than the target', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 }), (cameFps) => {
        expect(live(120, () => 100, { cameFps }).steps).toEqual([]);
      }),
    );
  });

  it('waits longer before a step up that it had to take back', () => {
    // Enough with every other frame, too little with each.
    const { steps } = live(600, ({ stride }) => (stride === 2 ? 10 : 5));
    const climbs = steps.filter(({ direction }) => direction === 'up').map(({ atMs }) => atMs);
    const pauses = climbs.slice(1).map((ms, i) => ms - climbs[i]!);
    expect(climbs.length).toBeLessThan(8);
    for (const [i, pause] of pauses.entries()) if (i > 0) expect(pause).toBeGreaterThanOrEqual(pauses[i - 1]!);
  });

  it('saves memory first when nearly none is left, and climbs not while little is', () => {
    expect(live(2, () => 100, { freePercent: 5 }).steps).toMatchObject([{ lever: 'model', direction: 'down' }]);
    const low = live(14, () => 3).governor;
    expect(live(60, () => 100, { from: low, fromMs: 14_000, freePercent: 15 }).steps).toEqual([]);
    expect(live(60, () => 100, { from: low, fromMs: 14_000, freePercent: null }).steps.length).toBeGreaterThan(0);
    expect([9.9, 10, 19.9, 20, 39.9, 40].map(memoryPressure)).toEqual(['critical', 'high', 'high', 'medium', 'medium', 'low']);
  });

  it('never leaves the range of a lever, and decides at most each two seconds', () => {
    const sample = fc.record({
      came: fc.nat(30),
      done: fc.nat(30),
      dropped: fc.nat(5),
      busyMs: fc.nat(2000),
      freePercent: fc.option(fc.integer({ min: 0, max: 100 }), { nil: null }),
    });
    fc.assert(
      fc.property(fc.array(fc.record({ sample, afterMs: fc.integer({ min: 1, max: 4000 }) }), { maxLength: 200 }), (samples) => {
        let governor = startGovernor(levers, 0);
        let nowMs = 0;
        let lastMs = 0;
        for (const { sample: one, afterMs } of samples) {
          nowMs += afterMs;
          const next = stepGovernor(governor, one, targetFps, nowMs);
          governor = next.governor;
          for (const [i, { values }] of levers.entries()) expect(values[governor.at[i]!]).toBeDefined();
          if (!next.step) continue;
          expect(nowMs - lastMs).toBeGreaterThanOrEqual(decideEveryMs);
          expect(next.step.from).not.toBe(next.step.to);
          lastMs = nowMs;
        }
      }),
    );
  });
});

describe('the ladder of models', () => {
  it('gives the largest that fits and is not larger than wanted', () => {
    const sizes = modelLadder.map(({ size }) => size);
    fc.assert(
      fc.property(fc.constantFrom(...sizes), fc.nat(8000), (wanted, freeMb) => {
        const size = fittingModel(wanted, freeMb);
        expect(sizes.indexOf(size)).toBeLessThanOrEqual(sizes.indexOf(wanted));
        if (size !== 'tiny') expect(modelLadder.find((rung) => rung.size === size)!.mb).toBeLessThanOrEqual(freeMb);
      }),
    );
    expect([fittingModel('large', 6000), fittingModel('large', 2800), fittingModel('base', 100)]).toEqual(['large', 'small', 'tiny']);
    expect([smallerModel('large'), smallerModel('tiny')]).toEqual(['base', null]);
  });
});
