/** Every new object gets a colour of its own. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { colorDistance, nextColor, objectColors, objectShape } from './object-colors.ts';

const hex = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

/** Objects made one after the other. */
const given = (count: number): string[] => {
  const colors: string[] = [];
  for (let i = 0; i < count; i++) colors.push(nextColor(colors));
  return colors;
};

describe('nextColor', () => {
  it('is one that no object has, whatever colours the user chose', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(hex, fc.constantFrom(...objectColors)), { maxLength: 30 }), (used) => {
        expect(used).not.toContain(nextColor(used));
      }),
    );
  });

  it('takes the colour of a deleted object again before it takes a shade', () => {
    const colors = given(10);
    expect(new Set(colors)).toEqual(new Set(objectColors));
    expect(nextColor(colors.toSpliced(3, 1))).toBe(colors[3]);
  });

  it('tells 25 objects apart, also for eyes without red or green cones', () => {
    const colors = given(25);
    let nearest = Number.POSITIVE_INFINITY;
    colors.forEach((a, i) => {
      for (const b of colors.slice(i + 1)) nearest = Math.min(nearest, colorDistance(a, b));
    });
    expect(new Set(colors).size).toBe(25);
    expect(nearest).toBeGreaterThan(0.02);
  });

  it('goes on when all are taken', () => {
    const colors = given(90);
    const counts = new Map<string, number>();
    for (const color of colors) counts.set(color, (counts.get(color) ?? 0) + 1);
    expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(1);
  });

  it('leaves no two of 40 objects alike in colour and shape', () => {
    const looks = given(40).map((color, i) => `${color} ${objectShape(i + 1).name}`);
    expect(new Set(looks).size).toBe(40);
  });
});
