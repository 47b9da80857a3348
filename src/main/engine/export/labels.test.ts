import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planesByteLength } from '../../../shared/wire.ts';
import { findFfmpeg } from '../media/ffmpeg-binary.ts';
import { drawLabel, labelPlace } from './draw-label.ts';
import { labelText, renderTexts } from './text-pictures.ts';

describe('labelText', () => {
  it('is one line, and not too long', () => {
    expect(labelText('  a\n b\t')).toBe('a b');
    expect([...labelText('x'.repeat(100))]).toHaveLength(40);
  });
});

describe('renderTexts', () => {
  it('draws letters as they are, whatever they mean to ffmpeg', async () => {
    const ffmpeg = await findFfmpeg();
    const [one, two, odd] = await renderTexts(['i', 'iiiiiiii', "100% 'a': [b], %{pts} \\ ;"], 20, ffmpeg);
    expect(two!.width).toBeGreaterThan(one!.width * 4);
    expect(odd!.width).toBeGreaterThan(100);
    for (const { alpha, width, height } of [one!, two!, odd!]) {
      expect(alpha).toHaveLength(width * height);
      expect(Math.max(...alpha)).toBe(255);
      expect(Math.min(...alpha)).toBe(0);
    }
  });
});

it.each([11, 12, 13, 15])('letters of %d px are drawn, whether their picture has an odd or an even size', async (size) => {
  const [picture] = await renderTexts(['Rabbit'], size, await findFfmpeg());
  expect(picture!.alpha).toHaveLength(picture!.width * picture!.height);
  expect(Math.max(...picture!.alpha)).toBe(255);
});

describe('labels', () => {
  it('lie inside the picture, and above their box where there is room', () => {
    const size = { width: 200, height: 100 };
    fc.assert(
      fc.property(fc.nat(199), fc.nat(99), fc.integer({ min: 1, max: 300 }), (x0, y0, width) => {
        const text = { width, height: 14, alpha: new Uint8Array(width * 14) };
        const place = labelPlace({ x0, y0 }, text, size);
        expect(place.x).toBeGreaterThanOrEqual(0);
        expect(place.y).toBeGreaterThanOrEqual(0);
        expect(place.x + place.width).toBeLessThanOrEqual(size.width);
        expect(place.y + place.height).toBeLessThanOrEqual(size.height);
        if (y0 > 30) expect(place.y + place.height).toBeLessThan(y0);
      }),
    );
  });

  it.each([
    [64, 48],
    [65, 49],
  ])('change their plate and nothing else, %d x %d', (width, height) => {
    const planes = new Uint8Array(planesByteLength(width, height)).fill(100);
    const text = { width: 10, height: 8, alpha: new Uint8Array(80).fill(255) };
    const place = labelPlace({ x0: 50, y0: 40 }, text, { width, height });
    drawLabel(planes, { width, height }, { x0: 50, y0: 40 }, text, [200, 30, 220]);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const isPlate = x >= place.x && x < place.x + place.width && y >= place.y && y < place.y + place.height;
        expect(planes[y * width + x] !== 100).toBe(isPlate);
      }
    // Dark letters on a bright plate.
    expect(planes[(place.y + 4) * width + place.x + 5]).toBe(20);
    expect(planes[place.y * width + place.x]).toBe(200);
  });
});
