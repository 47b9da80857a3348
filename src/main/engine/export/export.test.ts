import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compressCounts, encodeRle } from '../../../shared/rle.ts';
import { planesByteLength } from '../../../shared/wire.ts';
import { ensureFolder, writeWhole } from '../../common/files.ts';
import { Compositor, paintLabel, rgbToYuv } from './compositor.ts';
import { davisPalette, encodeIndexedPng } from './png.ts';

const disk = (width: number, height: number): Uint8Array =>
  Uint8Array.from({ length: width * height }, (_, i) => (((i % width) - 10) ** 2 + (Math.floor(i / width) - 8) ** 2 < 36 ? 1 : 0));

describe('encodeIndexedPng', () => {
  it('is read back by another decoder, palette included', async () => {
    const indices = Uint8Array.from({ length: 35 }, (_, i) => i % 5);
    const png = decode(await encodeIndexedPng(indices, 7, 5));
    expect([png.width, png.height, png.depth]).toEqual([7, 5, 8]);
    expect([...png.data]).toEqual([...indices]);
    expect(png.palette?.slice(0, 4)).toEqual([
      [0, 0, 0],
      [128, 0, 0],
      [0, 128, 0],
      [128, 128, 0],
    ]);
    expect(davisPalette()).toHaveLength(768);
  });
});

describe('Compositor', () => {
  it.each([
    [24, 18],
    [25, 19],
  ])('touches the mask and nothing else, %d x %d', (width, height) => {
    const mask = disk(width, height);
    const planes = new Uint8Array(planesByteLength(width, height)).fill(100);
    const compositor = new Compositor(width, height);
    const counts = compressCounts(encodeRle(mask, width, height).counts);
    compositor.draw(planes, counts, [200, 30, 220]);
    for (let i = 0; i < width * height; i++) expect(planes[i] === 100).toBe(mask[i] === 0);
    // The contour is solid, the inside is translucent.
    expect(planes[8 * width + 10]).toBe(140);
    expect(planes[8 * width + 5]).toBe(200);
    // The scratch mask is clean again: an empty mask draws nothing.
    const before = planes.slice();
    compositor.draw(planes, compressCounts([width * height]), [0, 0, 0]);
    expect(planes).toEqual(before);
  });

  it('draws by the rule: solid where an outside pixel is near along a row or column, else translucent', () => {
    const style = { fill: 0.4, contour: 2 };
    const yuv = [200, 30, 220] as const;
    const size = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 9 }));
    const pictures = size.chain(([width, height]) =>
      fc.tuple(
        fc.constant({ width, height }),
        fc.uint8Array({ minLength: width * height, maxLength: width * height, max: 1 }),
        fc.uint8Array({ minLength: planesByteLength(width, height), maxLength: planesByteLength(width, height) }),
      ),
    );
    fc.assert(
      fc.property(pictures, ([{ width, height }, mask, planes]) => {
        const isInside = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x] === 1;
        const alphaOf = (x: number, y: number): number => {
          if (!isInside(x, y)) return 0;
          const near = [1, 2].flatMap((d) => [isInside(x - d, y), isInside(x + d, y), isInside(x, y - d), isInside(x, y + d)]);
          return near.includes(false) ? 1 : style.fill;
        };
        const blend = (value: number, color: number, alpha: number): number => Math.trunc(value + (color - value) * alpha);
        const [chromaWidth, chromaHeight] = [Math.ceil(width / 2), Math.ceil(height / 2)];
        const expected = planes.slice();
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++) expected[y * width + x] = blend(planes[y * width + x]!, yuv[0], alphaOf(x, y));
        for (let cy = 0; cy < chromaHeight; cy++)
          for (let cx = 0; cx < chromaWidth; cx++) {
            const [right, below] = [Math.min(cx * 2 + 1, width - 1), Math.min(cy * 2 + 1, height - 1)];
            const alphas = [alphaOf(cx * 2, cy * 2), alphaOf(right, cy * 2), alphaOf(cx * 2, below), alphaOf(right, below)];
            const alpha = alphas.reduce((a, b) => a + b) / 4;
            for (const plane of [1, 2]) {
              const at = width * height + (plane - 1) * chromaWidth * chromaHeight + cy * chromaWidth + cx;
              expected[at] = blend(planes[at]!, yuv[plane]!, alpha);
            }
          }
        new Compositor(width, height, style).draw(planes, compressCounts(encodeRle(mask, width, height).counts), yuv);
        // Sums of shares may be rounded the other way.
        planes.forEach((value, i) => {
          expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1);
        });
      }),
    );
  });

  it('knows the colours of video', () => {
    expect(rgbToYuv('#ffffff', 'bt709', false).map(Math.round)).toEqual([235, 128, 128]);
    expect(rgbToYuv('#ff0000', 'bt601', true).map(Math.round)).toEqual([76, 85, 256]);
  });
});

describe('paintLabel', () => {
  it('paints the mask row-major with its index', () => {
    const mask = disk(24, 18);
    const labels = new Uint8Array(24 * 18);
    paintLabel(labels, 18, 24, compressCounts(encodeRle(mask, 24, 18).counts), 3);
    expect(labels).toEqual(mask.map((v) => v * 3));
  });
});

it('a file that is there already stays as it was when the new one can not be written whole', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sam2-whole-'));
  const path = join(folder, 'contact-sheet.png');
  writeFileSync(path, 'the former one');
  // In the way of the file under its other name.
  for (let n = 1; n <= 20; n++) mkdirSync(`${path}.partial-${process.pid}-${n}`);
  await expect(writeWhole(path, 'the new one')).rejects.toMatchObject({ code: 'output-unwritable' });
  expect(readFileSync(path, 'utf8')).toBe('the former one');
  rmSync(folder, { recursive: true });
});

describe('a folder for what is written', () => {
  let base = '';
  beforeAll(() => {
    base = mkdtempSync(join(tmpdir(), 'sam2-folder-'));
    writeFileSync(join(base, 'file'), '');
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  it('is made with those above it, and may be there already', async () => {
    const path = join(base, 'ü 漢字', "it's #1 %20", 'out');
    await Promise.all([ensureFolder(path), ensureFolder(path)]);
    await ensureFolder(path);
    expect(readdirSync(join(path, '..'))).toEqual(['out']);
  });

  it.each(['file', 'file/out', ...(process.platform === 'linux' ? ['/proc/out', '/proc/1/out/deeper', '/sys/out'] : [])])(
    'can not be %s, which is said at once',
    async (path) => {
      await expect(ensureFolder(path.startsWith('/') ? path : join(base, path))).rejects.toMatchObject({
        code: 'output-unwritable',
        message: expect.stringContaining('Choose a folder you may write to'),
      });
    },
  );
});
