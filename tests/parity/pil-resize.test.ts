import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { resizeRgbBicubic } from './pil-resize.ts';
import { hasParityFixture, parityFixture, sayIfMissing } from './shared-data.ts';

sayIfMissing(hasParityFixture, 'the recording of the official predictor');

it('keeps a flat picture flat', () => {
  expect(new Set(resizeRgbBicubic(new Uint8Array(13 * 7 * 3).fill(91), 13, 7, 5, 9))).toEqual(new Set([91]));
});

describe.skipIf(!hasParityFixture)('resize', () => {
  it.each(['00000', '00001', '00002', '00003'])("equals PIL's bicubic to the bit (rule 1), frame %s", (name) => {
    const source = decode(readFileSync(join(parityFixture, 'frames', `${name}.png`)));
    const expected = decode(readFileSync(join(parityFixture, 'frames', `resized256_${name}.png`)));
    const resized = resizeRgbBicubic(new Uint8Array(source.data), source.width, source.height, expected.width, expected.height);
    expect(Buffer.from(resized).equals(Buffer.from(expected.data as Uint8Array))).toBe(true);
  });
});
