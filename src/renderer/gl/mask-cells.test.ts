import { describe, expect, it } from 'vitest';
import { packLogitTexels, texelsSize } from './logit-texels.ts';
import { type LogitGrid, linearBeyond, maskCells } from './mask-cells.ts';

const width = 24;
const height = 18;

/** Hills and valleys that repeat for a seed; `sharpness` decides how soon they saturate. */
const hills = (seed: number, sharpness: number): LogitGrid => {
  const logits = Int8Array.from({ length: width * height }, (_, i) => {
    const x = i % width;
    const y = Math.floor(i / width);
    const value = Math.sin(x * 0.35 + seed) + Math.cos(y * 0.4 - 2 * seed) + 0.15 * Math.sin(1.7 * x + 2.3 * y + 3 * seed) - 0.6;
    return Math.max(-128, Math.min(127, Math.round(sharpness * value)));
  });
  return { logits, width, height };
};

const weights = (t: number): number[] => [
  -0.5 * t + t * t - 0.5 * t ** 3,
  1 - 2.5 * t * t + 1.5 * t ** 3,
  0.5 * t + 2 * t * t - 1.5 * t ** 3,
  0.5 * (t ** 3 - t * t),
];

/** The mask's shader (shaders.ts) in numbers, from the texels that it reads. */
const shaderOf = (grid: LogitGrid): ((u: number, v: number) => number) => {
  const size = texelsSize(grid.width, grid.height);
  const texels = new Uint8Array(4 * size.width * size.height);
  packLogitTexels(grid.logits, grid.width, grid.height, texels);
  return (u, v) => {
    const [px, py] = [u * grid.width - 0.5, v * grid.height - 0.5];
    const x = Math.min(grid.width - 1, Math.max(-1, Math.floor(px)));
    const y = Math.min(grid.height - 1, Math.max(-1, Math.floor(py)));
    const rows = [-1, 0, 1, 2].map((k) => {
      const at = 4 * ((y + 2 + k) * size.width + x + 1);
      return [...texels.subarray(at, at + 4)].map((byte) => byte - 128);
    });
    const near = [rows[1]![1]!, rows[1]![2]!, rows[2]![1]!, rows[2]![2]!];
    const [tx, ty] = [px - x, py - y];
    const isFar = Math.min(...near) > linearBeyond || Math.max(...near) < -linearBeyond;
    const [wx, wy] = isFar
      ? [
          [0, 1 - tx, tx, 0],
          [0, 1 - ty, ty, 0],
        ]
      : [weights(tx), weights(ty)];
    return rows.reduce((sum, row, j) => sum + wy[j]! * row.reduce((across, value, i) => across + wx[i]! * value, 0), 0);
  };
};

/** How often rectangles cover a place. */
const cover = (rectangles: Float32Array, u: number, v: number): number => {
  let count = 0;
  for (let i = 0; i < rectangles.length; i += 4) {
    const [left, top, right, bottom] = rectangles.subarray(i, i + 4);
    if (u > left! && u < right! && v > top! && v < bottom!) count++;
  }
  return count;
};

describe('the cells of a mask', () => {
  it.each([
    [1, 20, 0.2],
    [2, 60, 0.2],
    [3, 127, 0.2],
    [4, 40, 0.05],
    [5, 90, 1.3],
  ])(
    'hills %i, sharpness %i, %d cells round the line: a plain fill or nothing wherever the shader is left out',
    (seed, sharpness, reach) => {
      const grid = hills(seed, sharpness);
      const { inside, edge } = maskCells(grid, reach);
      const value = shaderOf(grid);
      const step = 1e-5;
      let plain = 0;
      const wrong: string[] = [];
      for (let j = 0; j < 4 * height; j++) {
        for (let i = 0; i < 4 * width; i++) {
          const [u, v] = [(i + 0.37) / (4 * width), (j + 0.61) / (4 * height)];
          const [filled, shaded] = [cover(inside, u, v), cover(edge, u, v)];
          if (filled + shaded > 1) wrong.push(`${u}, ${v} is covered twice`);
          if (shaded > 0) continue;
          plain++;
          const slope = Math.hypot(
            (value(u + step, v) - value(u, v)) / (step * width),
            (value(u, v + step) - value(u, v)) / (step * height),
          );
          const cells = value(u, v) / Math.max(slope, 1e-4);
          if (filled > 0) {
            if (cells <= reach) wrong.push(`${u}, ${v} is filled ${cells} cells from the line`);
          } else {
            if (cells >= -reach) wrong.push(`${u}, ${v} is left out ${cells} cells from the line`);
          }
        }
      }
      expect(wrong).toEqual([]);
      // Most of the picture, or nothing would be gained; a wide line on a small grid is nearly everywhere.
      if (reach < 1) expect(plain / (16 * width * height)).toBeGreaterThan(0.5);
    },
  );

  it('are none for a mask that is nowhere, and one rectangle for one that is everywhere', () => {
    const logits = new Int8Array(width * height).fill(-5);
    expect(maskCells({ logits, width, height }, 0.2)).toEqual({ inside: new Float32Array(0), edge: new Float32Array(0) });
    expect(maskCells({ logits: logits.fill(5), width, height }, 0.2)).toEqual({
      inside: Float32Array.of(0, 0, 1, 1),
      edge: new Float32Array(0),
    });
  });

  it('share their borders to the bit', () => {
    const { inside, edge } = maskCells(hills(6, 80), 0.2);
    const borders = (points: number): Set<number> =>
      new Set(Array.from({ length: points + 2 }, (_, n) => Math.fround(Math.min(1, Math.max(0, (n - 0.5) / points)))));
    const [columns, rows] = [borders(width), borders(height)];
    for (const all of [inside, edge]) for (const [i, at] of all.entries()) expect((i % 2 === 0 ? columns : rows).has(at)).toBe(true);
  });
});
