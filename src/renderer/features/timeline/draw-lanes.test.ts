import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TrackedObject } from '../../../shared/contract/state.ts';
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
    const draw = (switches: Map<number, number[]>): Rect[] => {
      const { canvas, rects } = recording();
      drawLanes(canvas, {
        ...{ width: 500, height: 3 * laneHeight, scrollTop: 0, span, range },
        ...{ objects: [object(1), object(2)], laneOf: () => nothing, selectedIds: [], marks: { in: null, out: null } },
        switches,
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
  });
});
