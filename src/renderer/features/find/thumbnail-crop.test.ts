import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cropOf } from './thumbnail-crop.ts';

const source = { width: 1280, height: 720 };
const picture = { width: 160, height: 90 };

describe("an object's part of a small picture", () => {
  it('holds the object with some room', () => {
    const crop = cropOf({ x: 640, y: 320, width: 320, height: 240 }, source, picture, 4 / 3);
    expect(crop.width).toBeCloseTo(52);
    expect(crop.x + crop.width / 2).toBeCloseTo(100);
    expect(crop.y + crop.height / 2).toBeCloseTo(55);
  });

  it('lies in the picture and has its shape, wherever and however large the object is', () => {
    const length = fc.double({ min: 1, max: 1280, noNaN: true });
    fc.assert(
      fc.property(length, length, length, length, fc.double({ min: 0.5, max: 3, noNaN: true }), (x, y, width, height, aspect) => {
        const crop = cropOf({ x, y: Math.min(y, 719), width, height }, source, picture, aspect);
        expect(crop.width / crop.height).toBeCloseTo(aspect);
        expect(Math.min(crop.x, crop.y)).toBeGreaterThanOrEqual(0);
        expect(crop.x + crop.width).toBeLessThanOrEqual(picture.width + 1e-9);
        expect(crop.y + crop.height).toBeLessThanOrEqual(picture.height + 1e-9);
        expect(crop.width).toBeGreaterThan(1);
      }),
    );
  });
});
