/** Pictures for eyes outside a video: 4:2:0 planes as RGB. */
import { chromaSize } from '../../shared/wire.ts';

/** Shares of red and blue in the luma of each standard; green has the rest. */
export const lumaWeights = (colorSpace: 'bt601' | 'bt709' | 'bt2020'): readonly [number, number] =>
  colorSpace === 'bt601' ? [0.299, 0.114] : colorSpace === 'bt709' ? [0.2126, 0.0722] : [0.2627, 0.0593];

export interface YuvColors {
  colorSpace: 'bt601' | 'bt709' | 'bt2020';
  fullRange: boolean;
}

/** One pixel, unclamped. */
export const pixelToRgb = ({ colorSpace, fullRange }: YuvColors): ((y: number, u: number, v: number) => [number, number, number]) => {
  const [kr, kb] = lumaWeights(colorSpace);
  return (y, u, v) => {
    const luma = fullRange ? y : ((y - 16) * 255) / 219;
    const scale = fullRange ? 1 : 255 / 224;
    const r = luma + 2 * (1 - kr) * (v - 128) * scale;
    const b = luma + 2 * (1 - kb) * (u - 128) * scale;
    return [r, (luma - kr * r - kb * b) / (1 - kr - kb), b];
  };
};

/** @param planes as in wire.ts. @returns [height, width, 3] */
export const yuvToRgb = (planes: Uint8Array, width: number, height: number, colors: YuvColors): Uint8Array => {
  const toRgb = pixelToRgb(colors);
  const chromaWidth = chromaSize(width);
  const uAt = width * height;
  const vAt = uAt + chromaWidth * chromaSize(height);
  const rgb = new Uint8ClampedArray(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const chroma = (y >> 1) * chromaWidth + (x >> 1);
      rgb.set(toRgb(planes[y * width + x]!, planes[uAt + chroma]!, planes[vAt + chroma]!), (y * width + x) * 3);
    }
  }
  return new Uint8Array(rgb.buffer);
};
