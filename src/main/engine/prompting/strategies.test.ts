/** Each strategy on pictures made for it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DetectorStrategy } from './detector-strategy.ts';
import { GridMask } from './grid-mask.ts';
import { GridStrategy } from './grid-strategy.ts';
import { HybridStrategy } from './hybrid-strategy.ts';
import type { LumaPicture } from './luma-picture.ts';
import { MotionStrategy } from './motion-strategy.ts';
import { ProbeMemory } from './probe-memory.ts';
import { probeOrder } from './probe-order.ts';
import { promptBudget } from './prompt-budget.ts';
import { cellAt, type FrameView } from './prompt-strategy.ts';

const size = 16;
const plain: LumaPicture = { size, values: new Uint8Array(size * size).fill(100) };
const view = (change: Partial<FrameView> = {}): FrameView => ({
  frame: 0,
  picture: plain,
  covered: GridMask.empty(size),
  region: null,
  detections: null,
  trackedBoxes: [],
  memory: new ProbeMemory(),
  ...change,
});
/** A bright square of 3 x 3 cells. */
const square = (left: number, top: number, shift = 0): LumaPicture => ({
  size,
  values: Uint8Array.from(plain.values, (value, cell) => {
    const [x, y] = [cell % size, Math.floor(cell / size)];
    return x >= left && x < left + 3 && y >= top && y < top + 3 ? 220 : value + shift;
  }),
});
const detection = (left: number, name: string, score: number) => ({
  left,
  top: 0.2,
  right: left + 0.2,
  bottom: 0.4,
  name,
  score,
  classIndex: 0,
});

describe('the order of probes', () => {
  it('visits every cell once', () => {
    for (const density of [4, 7, 16, 64])
      expect([...probeOrder(density)].sort((a, b) => a - b)).toEqual(Array.from({ length: density ** 2 }, (_, i) => i));
  });

  it('covers the picture evenly from the beginning: each quarter gets its share of any prefix', () => {
    const order = probeOrder(16);
    for (const length of [16, 32, 64, 128]) {
      const quarters = [0, 0, 0, 0];
      for (const cell of order.slice(0, length)) quarters[(cell % 16 < 8 ? 0 : 1) + (cell < 128 ? 0 : 2)]!++;
      expect(Math.max(...quarters) - Math.min(...quarters)).toBeLessThanOrEqual(length / 8 + 2);
    }
  });
});

describe('the grid', () => {
  it('goes on where it stopped, and comes round', () => {
    const grid = new GridStrategy(4);
    const keys = [...grid.propose(view(), 10), ...grid.propose(view(), 10)].map(({ key }) => key);
    expect(new Set(keys.slice(0, 16)).size).toBe(16);
    expect(keys.slice(16)).toEqual(keys.slice(0, 4));
  });

  it('leaves out what is tracked and what is outside of the region', () => {
    const half = GridMask.of(size, (cell) => cell % size < size / 2);
    for (const { point } of new GridStrategy(8).propose(view({ covered: half }), 64)) expect(point![0]).toBeGreaterThan(0.5);
    for (const { point } of new GridStrategy(8).propose(view({ region: half }), 64)) expect(point![0]).toBeLessThan(0.5);
  });

  it('leaves out fruitless cells until they look different', () => {
    const [grid, memory] = [new GridStrategy(4), new ProbeMemory()];
    const all = grid.propose(view({ memory }), 16);
    for (const { key, box } of all) memory.remember(key, box, plain);
    expect(grid.propose(view({ memory }), 16)).toEqual([]);
    const noisy: LumaPicture = { size, values: plain.values.map((value, cell) => value + ((cell * 7) % 5) - 2) };
    expect(grid.propose(view({ memory, picture: noisy }), 16)).toEqual([]);
    const changed = grid.propose(view({ memory, picture: square(0, 0) }), 16);
    expect(changed.map(({ key }) => key)).toEqual(['4:0']);
  });
});

describe('the detector', () => {
  const detections = [detection(0, 'car', 0.9), detection(0.3, 'person', 0.8), detection(0.6, 'car', 0.5)];

  it('proposes the wanted classes, best first, within the budget', () => {
    expect(new DetectorStrategy(null).propose(view({ detections }), 2).map(({ label }) => label!.score)).toEqual([0.9, 0.8]);
    expect(new DetectorStrategy(['car']).propose(view({ detections }), 8).map(({ label }) => label!.score)).toEqual([0.9, 0.5]);
    expect(new DetectorStrategy(null).propose(view(), 8)).toEqual([]);
  });

  it('leaves out what is tracked, and what was tried and looks the same', () => {
    const memory = new ProbeMemory();
    memory.remember(null, [0.6, 0.2, 0.8, 0.4], plain);
    const proposals = new DetectorStrategy(null).propose(view({ detections, memory, trackedBoxes: [[0.01, 0.2, 0.21, 0.4]] }), 8);
    expect(proposals.map(({ label }) => label!.name)).toEqual(['person']);
  });
});

describe('motion', () => {
  const still = (strategy: MotionStrategy): void => {
    for (let i = 0; i < 5; i++) strategy.observe(plain);
  };

  it('proposes what moves before a still camera', () => {
    const motion = new MotionStrategy(25);
    still(motion);
    expect(motion.propose(view(), 8)).toEqual([]);
    for (let i = 0; i < 4; i++) motion.observe(square(6, 5));
    const [proposal, ...others] = motion.propose(view(), 8);
    expect(others).toEqual([]);
    expect(cellAt(size, ...proposal!.point!)).toBe(cellAt(size, 7.5 / size, 6.5 / size));
  });

  it('is silent while the camera moves, and until a background is known again', () => {
    const motion = new MotionStrategy(25);
    still(motion);
    motion.observe(square(6, 5, 60));
    expect(motion.isSilent).toBe(true);
    expect(motion.propose(view(), 8)).toEqual([]);
  });

  it('does not take noise and a slow change of light for motion', () => {
    const motion = new MotionStrategy(25);
    for (let i = 0; i < 120; i++)
      motion.observe({ size, values: plain.values.map((v, cell) => v + Math.floor(i / 6) + ((cell * 31 + i * 17) % 7) - 3) });
    expect(motion.propose(view(), 8)).toEqual([]);
  });
});

describe('a mixture', () => {
  it('shares the budget by weight and hands on what one leaves', () => {
    const detections = Array.from({ length: 8 }, (_, i) => detection(i / 10, 'car', 0.9 - i / 20));
    const mixed = (weight: number) =>
      new HybridStrategy([
        { strategy: new DetectorStrategy(null), weight },
        { strategy: new GridStrategy(8), weight: 1 },
      ]);
    const sources = (strategy: HybridStrategy, of: Partial<FrameView>) => strategy.propose(view(of), 8).map(({ source }) => source);
    expect(sources(mixed(1), { detections }).filter((source) => source === 'detector')).toHaveLength(4);
    expect(sources(mixed(3), { detections }).filter((source) => source === 'detector')).toHaveLength(6);
    expect(sources(mixed(3), { detections: [] })).toEqual(Array(8).fill('grid'));
    expect(sources(mixed(0), { detections })).toEqual(Array(8).fill('grid'));
  });

  it('never asks for more than the budget, and twice the same for the same frames', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }), (budget, weights) => {
        const make = () =>
          new HybridStrategy(
            weights.map((weight, i) => ({ weight, strategy: i === 0 ? new DetectorStrategy(null) : new GridStrategy(4 + i) })),
          );
        const detections = [detection(0.1, 'car', 0.9), detection(0.5, 'dog', 0.4)];
        const [first, second] = [make().propose(view({ detections }), budget), make().propose(view({ detections }), budget)];
        expect(first.length).toBeLessThanOrEqual(budget);
        expect(first).toEqual(second);
      }),
    );
  });
});

describe('the budget', () => {
  it('is what is left of the time of a frame', () => {
    // 66.7 ms for a frame, a tenth kept free.
    expect(promptBudget({ targetFps: 15, frameMs: 33, promptMs: 9, idleMs: 0 })).toBe(3);
    expect(promptBudget({ targetFps: 15, frameMs: 60, promptMs: 9, idleMs: 0 })).toBe(0);
    expect(promptBudget({ targetFps: 15, frameMs: 1, promptMs: 0.5, idleMs: 0 })).toBe(8);
  });

  it('is never none for more than two seconds, and never below 0 or over 8', () => {
    expect(promptBudget({ targetFps: 15, frameMs: 500, promptMs: 9, idleMs: 2000 })).toBe(1);
    const ms = fc.double({ min: 0, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 1, max: 60, noNaN: true }), ms, ms, ms, (targetFps, frameMs, promptMs, idleMs) => {
        const budget = promptBudget({ targetFps, frameMs, promptMs, idleMs });
        expect(budget).toBeGreaterThanOrEqual(idleMs >= 2000 ? 1 : 0);
        expect(budget).toBeLessThanOrEqual(8);
      }),
    );
  });
});
