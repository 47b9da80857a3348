import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxBetween, canvasFromImage, clampScale, fitTransform, imageFromCanvas, isInside, keepInView, zoomAt } from './geometry.ts';

const coordinate = fc.double({ min: -5000, max: 5000, noNaN: true });
const point = fc.record({ x: coordinate, y: coordinate });
const view = fc.record({ scale: fc.double({ min: 0.01, max: 32, noNaN: true }), offsetX: coordinate, offsetY: coordinate });
const size = fc.record({ width: fc.integer({ min: 1, max: 8000 }), height: fc.integer({ min: 1, max: 8000 }) });

describe('canvas and image space', () => {
  it('are inverses of each other', () => {
    fc.assert(
      fc.property(view, point, (v, p) => {
        const back = imageFromCanvas(v, canvasFromImage(v, p));
        expect(back.x).toBeCloseTo(p.x, 4);
        expect(back.y).toBeCloseTo(p.y, 4);
      }),
    );
  });

  it('keep what lies under the pointer when zooming', () => {
    fc.assert(
      fc.property(view, point, fc.double({ min: 0.05, max: 32, noNaN: true }), (v, at, scale) => {
        const before = imageFromCanvas(v, at);
        const after = canvasFromImage(zoomAt(v, at, scale), before);
        expect(after.x).toBeCloseTo(at.x, 3);
        expect(after.y).toBeCloseTo(at.y, 3);
      }),
    );
  });
});

describe('fitTransform', () => {
  it('shows the whole picture, centred', () => {
    expect(fitTransform({ width: 1280, height: 720 }, { width: 660, height: 500 }, 10)).toEqual({ scale: 0.5, offsetX: 10, offsetY: 70 });
  });

  it('never leaves the canvas', () => {
    fc.assert(
      fc.property(size, size, (image, canvas) => {
        const { scale, offsetX, offsetY } = fitTransform(image, canvas);
        expect(offsetX).toBeGreaterThanOrEqual(-1e-6);
        expect(offsetY).toBeGreaterThanOrEqual(-1e-6);
        expect(offsetX + image.width * scale).toBeLessThanOrEqual(canvas.width + 1e-6);
        expect(offsetY + image.height * scale).toBeLessThanOrEqual(canvas.height + 1e-6);
      }),
    );
  });
});

it('keepInView leaves a part of the picture on the canvas wherever it is dragged', () => {
  fc.assert(
    fc.property(view, size, size, (v, image, canvas) => {
      const { scale, offsetX } = keepInView(v, image, canvas, 48);
      expect(offsetX).toBeLessThanOrEqual(canvas.width);
      expect(offsetX + image.width * scale).toBeGreaterThanOrEqual(-1e-6);
    }),
  );
});

it('clampScale keeps within a quarter of fitting and 32 pixels a pixel', () => {
  const image = { width: 1000, height: 1000 };
  const canvas = { width: 500, height: 500 };
  expect(clampScale(1000, image, canvas)).toBe(32);
  expect(clampScale(0.001, image, canvas)).toBe(0.125);
  expect(clampScale(3, image, canvas)).toBe(3);
});

describe('boxBetween', () => {
  const image = { width: 100, height: 50 };
  it('takes its corners in any order and is cut to the picture', () => {
    expect(boxBetween({ x: 120, y: 40 }, { x: 90, y: -10 }, image)).toEqual({ x: 90, y: 0, width: 10, height: 40 });
  });
  it('is nothing outside the picture', () => {
    expect(boxBetween({ x: 110, y: 10 }, { x: 150, y: 20 }, image)).toBeNull();
    expect(boxBetween({ x: 10, y: 10 }, { x: 10, y: 20 }, image)).toBeNull();
  });
});

it('isInside counts the first pixel and not the one after the last', () => {
  const image = { width: 100, height: 50 };
  expect(isInside({ x: 0, y: 0 }, image)).toBe(true);
  expect(isInside({ x: 99.9, y: 49.9 }, image)).toBe(true);
  expect(isInside({ x: 100, y: 0 }, image)).toBe(false);
});
