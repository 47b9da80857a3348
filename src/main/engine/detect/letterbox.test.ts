import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { letterbox } from './letterbox.ts';

const picture = (width: number, height: number, colour: (x: number, y: number) => number) => {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.fill(colour(i % width, Math.floor(i / width)), i * 3, i * 3 + 3);
  return { data, width, height };
};

describe('a letterbox', () => {
  it('keeps a picture of its size as it is', () => {
    const same = picture(8, 8, (x, y) => x * 20 + y);
    expect(letterbox(same, 1, 8)).toEqual({ data: same.data, scaleX: 8, scaleY: 8 });
  });

  it('gives a stretched picture its shape again, and leaves the rest black', () => {
    const { data, scaleX, scaleY } = letterbox(
      picture(10, 10, () => 200),
      2,
      8,
    );
    expect([scaleX, scaleY]).toEqual([8, 4]);
    expect([...data.subarray(0, 8 * 4 * 3)].every((value) => value === 200)).toBe(true);
    expect([...data.subarray(8 * 4 * 3)].every((value) => value === 0)).toBe(true);
  });

  it('stays inside its side and within the range of the picture, whatever the shape', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 30 }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.integer({ min: 1, max: 24 }),
        (width, height, shape, side) => {
          const { data, scaleX, scaleY } = letterbox(
            picture(width, height, (x, y) => 100 + ((x * 7 + y * 13) % 50)),
            shape,
            side,
          );
          expect(Math.max(scaleX, scaleY)).toBe(side);
          for (let y = 0; y < scaleY; y++) {
            for (let x = 0; x < scaleX; x++) {
              const value = data[(y * side + x) * 3]!;
              expect(value >= 100 && value < 150).toBe(true);
            }
          }
        },
      ),
    );
  });
});
