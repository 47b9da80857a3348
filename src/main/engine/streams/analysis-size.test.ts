import fc from 'fast-check';
import { expect, it } from 'vitest';
import { analysisHeights } from '../../../shared/streams.ts';
import { analysisSize, toAnalysed, toSource } from './analysis-size.ts';

const sources = fc.record({ width: fc.integer({ min: 2, max: 7680 }), height: fc.integer({ min: 2, max: 4320 }) });
const heights = fc.constantFrom(...analysisHeights);

it('is even, no higher than chosen, no larger than the source by more than a px, and of its shape', () => {
  fc.assert(
    fc.property(sources, heights, (source, height) => {
      const { width, height: rows } = analysisSize(source, height);
      expect([width % 2, rows % 2]).toEqual([0, 0]);
      expect(rows).toBeLessThanOrEqual(height);
      expect(width).toBeLessThanOrEqual(source.width + 1);
      expect(rows).toBeLessThanOrEqual(source.height + 1);
      // Within the rounding to even px.
      const scale = Math.min(1, height / source.height);
      expect(Math.abs(width - source.width * scale)).toBeLessThanOrEqual(Math.max(1, 2 - source.width * scale));
    }),
  );
  expect(analysisSize({ width: 1920, height: 1080 }, 720)).toEqual({ width: 1280, height: 720 });
  expect(analysisSize({ width: 640, height: 360 }, 720)).toEqual({ width: 640, height: 360 });
});

it('maps back exactly: corners to corners, and there and back to where it was', () => {
  fc.assert(
    fc.property(
      sources,
      heights,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (source, height, u, v) => {
        const analysed = analysisSize(source, height);
        expect(toSource({ x: analysed.width, y: analysed.height }, source, analysed)).toEqual({ x: source.width, y: source.height });
        const point = { x: u * source.width, y: v * source.height };
        const back = toSource(toAnalysed(point, source, analysed), source, analysed);
        expect(back.x).toBeCloseTo(point.x, 6);
        expect(back.y).toBeCloseTo(point.y, 6);
      },
    ),
  );
});
