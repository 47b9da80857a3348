/** Reads a mask picture that a prompt names. */
import { readFile } from 'node:fs/promises';
import { decode } from 'fast-png';
import { AppError } from '../../../shared/errors.ts';
import type { CompressedMask } from '../../../shared/prompts.ts';
import { compressCounts, encodeRle } from '../../../shared/rle.ts';

/**
 * Pixels that are neither black nor transparent (for a palette: whose index is not 0) are the object.
 * @throws AppError `prompt-invalid` when it can't be read or its size is not the clip's
 */
export const readMaskFile = async (path: string, width: number, height: number): Promise<CompressedMask> => {
  const bytes = await readFile(path).catch((cause) => {
    throw new AppError('prompt-invalid', `The mask ${path} can't be read (${cause.code}). Check the path.`, { cause });
  });
  let png: ReturnType<typeof decode>;
  try {
    png = decode(bytes);
  } catch (cause) {
    throw new AppError('prompt-invalid', `${path} is not a PNG picture. Save the mask as PNG.`, { cause });
  }
  if (png.width !== width || png.height !== height) {
    throw new AppError(
      'prompt-invalid',
      `The mask ${path} is ${png.width} x ${png.height} px and the clip ${width} x ${height}. Use a mask of the clip's size.`,
    );
  }
  const { data, channels, depth } = png;
  const hasAlpha = channels === 2 || channels === 4;
  const mask = new Uint8Array(width * height);
  for (let i = 0; i < mask.length; i++) {
    if (depth < 8) {
      const rowBytes = Math.ceil((width * depth) / 8);
      const x = i % width;
      const y = (i - x) / width;
      const shift = 8 - depth - ((x * depth) % 8);
      mask[i] = (data[y * rowBytes + Math.floor((x * depth) / 8)]! >> shift) & ((1 << depth) - 1) ? 1 : 0;
      continue;
    }
    const at = i * channels;
    const colors = hasAlpha ? channels - 1 : channels;
    let isSet = false;
    for (let c = 0; c < colors; c++) isSet ||= data[at + c]! > 0;
    mask[i] = isSet && (!hasAlpha || data[at + channels - 1]! > 0) ? 1 : 0;
  }
  return { size: [height, width], counts: compressCounts(encodeRle(mask, width, height).counts) };
};
