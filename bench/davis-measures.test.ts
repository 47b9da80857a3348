import { describe, expect, it } from 'vitest';
import { boundary, contourAccuracy, dilate, regionSimilarity } from './davis-measures.ts';
import { centreOf } from './davis-sequences.ts';

const width = 60;
const height = 40;
const box = (x0: number, y0: number, x1: number, y1: number): Uint8Array =>
  Uint8Array.from({ length: width * height }, (_, i) =>
    i % width >= x0 && i % width < x1 && Math.floor(i / width) >= y0 && Math.floor(i / width) < y1 ? 1 : 0,
  );

describe('DAVIS measures', () => {
  it('are 1 for equal masks and for two empty ones', () => {
    const a = box(10, 10, 30, 30);
    expect([regionSimilarity(a, a), contourAccuracy(a, a, width, height)]).toEqual([1, 1]);
    const empty = new Uint8Array(width * height);
    expect([regionSimilarity(empty, empty), contourAccuracy(empty, empty, width, height)]).toEqual([1, 1]);
    expect([regionSimilarity(a, empty), contourAccuracy(a, empty, width, height)]).toEqual([0, 0]);
  });

  it('forgive a contour within the tolerance and not beyond it', () => {
    const a = box(10, 10, 30, 30);
    // 0.8 % of the diagonal of 60 x 40 is 0.58, rounded up to one pixel.
    expect(contourAccuracy(box(11, 10, 31, 30), a, width, height)).toBe(1);
    expect(contourAccuracy(box(14, 14, 34, 34), a, width, height)).toBeLessThan(0.3);
    expect(regionSimilarity(box(10, 10, 30, 20), a)).toBe(0.5);
  });

  it('draw boundaries and disks', () => {
    expect(boundary(box(10, 10, 30, 30), width, height).reduce((sum, v) => sum + v, 0)).toBe(4 * 20);
    const point = new Uint8Array(width * height);
    point[20 * width + 30] = 1;
    expect(dilate(point, width, height, 2).reduce((sum, v) => sum + v, 0)).toBe(13);
  });

  it('click in the middle', () => {
    const { x, y } = centreOf(box(10, 10, 31, 31), width, height)!;
    expect([x, y]).toEqual([20, 20]);
  });
});

/**
 * What the public evaluation code of the DAVIS challenge (davisvideochallenge/davis2017-evaluation,
 * davis2017/metrics.py at 30b698a: db_eval_iou and db_eval_boundary) says of the same masks, 173 x 97 px.
 */
describe('DAVIS measures, beside the public implementation', () => {
  const w = 173;
  const h = 97;
  const draw = (inside: (x: number, y: number) => boolean): Uint8Array =>
    Uint8Array.from({ length: w * h }, (_, i) => (inside(i % w, Math.floor(i / w)) ? 1 : 0));
  const blob = (cx: number, cy: number, a: number, b: number) => (x: number, y: number) =>
    (x - cx) ** 2 * b * b + (y - cy) ** 2 * a * a <= a * a * b * b;
  const disc = blob(60, 40, 30, 25);
  const masks: Record<string, Uint8Array> = {
    disc: draw(disc),
    shifted: draw(blob(63, 42, 30, 25)),
    cut: draw((x, y) => disc(x, y) && x < 70),
    edge: draw(blob(170, 95, 40, 30)),
    edgeWide: draw(blob(165, 90, 44, 34)),
    two: draw((x, y) => blob(40, 50, 12, 20)(x, y) || blob(120, 50, 20, 12)(x, y)),
    comb: draw((x, y) => disc(x, y) && Math.floor(x / 4) % 2 === 0),
    dot: draw((x, y) => x === 60 && y === 40),
    all: draw(() => true),
    none: draw(() => false),
  };
  it.each<[predicted: string, truth: string, j: number, f: number]>([
    ['disc', 'shifted', 0.848031496, 0.544642857],
    ['shifted', 'disc', 0.848031496, 0.544642857],
    ['disc', 'cut', 0.697912228, 0.69505629],
    ['cut', 'disc', 0.697912228, 0.69505629],
    ['edge', 'edgeWide', 0.613895216, 0.0],
    ['two', 'disc', 0.155001502, 0.108763207],
    ['comb', 'disc', 0.499786962, 0.459275924],
    ['disc', 'comb', 0.499786962, 0.459275924],
    ['dot', 'disc', 0.000426076, 0.0],
    ['all', 'disc', 0.139860557, 0.0],
    ['disc', 'all', 0.139860557, 0.0],
    ['none', 'disc', 0.0, 0.0],
    ['disc', 'none', 0.0, 0.0],
    ['none', 'none', 1.0, 1.0],
    ['all', 'all', 1.0, 1.0],
  ])('%s predicted, %s true: J %f, F %f', (predicted, truth, j, f) => {
    expect(regionSimilarity(masks[predicted]!, masks[truth]!)).toBeCloseTo(j, 8);
    expect(contourAccuracy(masks[predicted]!, masks[truth]!, w, h)).toBeCloseTo(f, 8);
  });
});
