/** A new shot is told from movement. */
import { expect, it } from 'vitest';
import { CutDetector } from './cut-detector.ts';

const side = 64;
/** A bright square on a ground, both of one colour. */
const picture = (ground: [number, number, number], square: [number, number, number], left: number): Uint8Array => {
  const rgb = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) rgb.set(x >= left && x < left + 20 && y >= 20 && y < 40 ? square : ground, (y * side + x) * 3);
  return rgb;
};

it('tells another shot from things that move, and from a picture that gets brighter', () => {
  const cuts = new CutDetector();
  const meadow: [number, number, number] = [60, 130, 50];
  expect(cuts.isCut(picture(meadow, [220, 40, 40], 4))).toBe(false);
  expect(cuts.isCut(picture(meadow, [220, 40, 40], 40))).toBe(false);
  expect(cuts.isCut(picture([62, 135, 55], [225, 60, 45], 40))).toBe(false);
  expect(cuts.isCut(picture([40, 60, 210], [20, 20, 20], 10))).toBe(true);
  expect(cuts.isCut(picture([40, 60, 210], [20, 20, 20], 12))).toBe(false);
});
