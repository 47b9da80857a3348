import { expect, it } from 'vitest';
import { rgbaOf } from './rgba.ts';

const picture = (luma: number, cb: number, cr: number) => ({
  requestId: 1,
  frame: 0,
  timeMs: 0,
  width: 2,
  height: 2,
  colorSpace: 'bt709' as const,
  fullRange: false,
  planes: Uint8Array.from([luma, luma, luma, luma, cb, cr]),
  overlays: [],
});

it.each([
  [16, 128, 128, [0, 0, 0]],
  [235, 128, 128, [255, 255, 255]],
  // Red in BT.709, limited range.
  [63, 102, 240, [255, 1, 0]],
])('%i %i %i', (luma, cb, cr, rgb) => {
  const rgba = rgbaOf(picture(luma, cb, cr));
  for (const i of [0, 1, 2]) expect(Math.abs(rgba[12 + i]! - rgb[i]!)).toBeLessThanOrEqual(2);
  expect(rgba[3]).toBe(255);
});
