import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TrackedObject } from '../../../shared/contract/state.ts';
import type { ReviewEntry } from '../../../shared/review.ts';
import { drawLanes, laneHeight } from './draw-lanes.ts';
import { xOfFrame } from './lane-geometry.ts';
import type { LaneIndex } from './lane-index.ts';

type Rect = { x: number; y: number; width: number; height: number; color: string };

/** A context that remembers the rectangles it filled. */
const recording = (): { canvas: HTMLCanvasElement; rects: Rect[] } => {
  const rects: Rect[] = [];
  const own: Record<string, unknown> = {
    fillStyle: '',
    measureText: (text: string) => ({ width: 6 * text.length }),
    fillRect: (x: number, y: number, width: number, height: number) => rects.push({ x, y, width, height, color: String(own.fillStyle) }),
  };
  const context = new Proxy(own, { get: (target, key: string) => target[key] ?? (() => {}) });
  return { canvas: { width: 0, height: 0, getContext: () => context } as unknown as HTMLCanvasElement, rects };
};

beforeEach(() => {
  vi.stubGlobal('window', { devicePixelRatio: 1 });
  vi.stubGlobal('Path2D', class {});
  vi.stubGlobal('getComputedStyle', () => ({ getPropertyValue: (name: string) => name }));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const object = (id: number): TrackedObject => ({
  id,
  name: `Object ${id}`,
  color: '#112233',
  visible: true,
  solo: false,
  locked: false,
  stale: false,
  laneRevision: 0,
  prompts: [],
  results: [],
  foundFrames: 0,
});
const nothing = { scan: () => {} } as unknown as LaneIndex;

describe('drawLanes', () => {
  it('marks the frames on which another branch took the lead, in the lane of its object', () => {
    const span = { left: 100, width: 400 };
    const range = { start: 0, span: 200, frameCount: 200 };
    const draw = (switches: Map<number, number[]>, review: ReviewEntry[] = []): Rect[] => {
      const { canvas, rects } = recording();
      drawLanes(canvas, {
        ...{ width: 500, height: 3 * laneHeight, scrollTop: 0, span, range },
        ...{ objects: [object(1), object(2)], laneOf: () => nothing, selectedIds: [], marks: { in: null, out: null } },
        switches,
        review,
      });
      return rects;
    };
    const plain = draw(new Map());
    const marked = draw(new Map([[2, [50, 120]]]));
    const added = marked.filter((rect) => !plain.some((other) => JSON.stringify(other) === JSON.stringify(rect)));
    const strokes = added.filter(({ height }) => height > 10);
    expect(strokes.map(({ x }) => x)).toEqual([50, 120].map((frame) => Math.round(xOfFrame(frame, range, span)) - 0.5));
    for (const { y, height, color } of strokes) {
      expect(y).toBeGreaterThan(laneHeight);
      expect(y + height).toBeLessThan(2 * laneHeight);
      expect(color).toBe('--text');
    }

    const entry = { objectId: 2, frame: 64, first: 60, last: 79, uncertainty: 1, foundAgain: 80, other: null, isDone: false };
    const ticked = draw(new Map(), [
      { ...entry, kind: 'absence' },
      { ...entry, frame: 150, first: 150, last: 150, kind: 'check' },
    ]);
    const ticks = ticked.filter((rect) => !plain.some((other) => JSON.stringify(other) === JSON.stringify(rect)));
    // A bracket, a tick and its head; a spot check is not drawn.
    expect(ticks.map(({ color }) => color)).toEqual(['--danger', '--danger', '--danger']);
    expect(ticks.map(({ x, width }) => [x, width])).toEqual([
      [220, 40],
      [228, 2],
      [226, 6],
    ]);
  });
});
