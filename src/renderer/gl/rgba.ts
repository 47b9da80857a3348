/** A small picture's planes as RGBA, for a 2D canvas; large ones are the shader's work. */
import { chromaSize, type FrameMessage } from '../../shared/wire.ts';
import { yuvConversion } from './color.ts';

export const rgbaOf = ({ width, height, planes, colorSpace, fullRange }: FrameMessage): Uint8ClampedArray<ArrayBuffer> => {
  const { matrix: m, offset } = yuvConversion(colorSpace, fullRange);
  const chromaWidth = chromaSize(width);
  const u = width * height;
  const v = u + chromaWidth * chromaSize(height);
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const chroma = (y >> 1) * chromaWidth + (x >> 1);
      const luma = planes[y * width + x]! - offset[0] * 255;
      const cb = planes[u + chroma]! - offset[1] * 255;
      const cr = planes[v + chroma]! - offset[2] * 255;
      const at = 4 * (y * width + x);
      rgba[at] = m[0] * luma + m[1] * cb + m[2] * cr;
      rgba[at + 1] = m[3] * luma + m[4] * cb + m[5] * cr;
      rgba[at + 2] = m[6] * luma + m[7] * cb + m[8] * cr;
      rgba[at + 3] = 255;
    }
  }
  return rgba;
};
