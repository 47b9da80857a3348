/** Y'CbCr to R'G'B', as matrices for the shader. */

export type ColorSpace = 'bt601' | 'bt709' | 'bt2020';

/** Luma weights of red and blue. */
const lumaWeights: Record<ColorSpace, { red: number; blue: number }> = {
  bt601: { red: 0.299, blue: 0.114 },
  bt709: { red: 0.2126, blue: 0.0722 },
  bt2020: { red: 0.2627, blue: 0.0593 },
};

export interface YuvConversion {
  /** Row-major 3x3, to be applied to (y, u, v) - offset, all in 0..1. */
  matrix: [number, number, number, number, number, number, number, number, number];
  offset: [number, number, number];
}

export const yuvConversion = (space: ColorSpace, fullRange: boolean): YuvConversion => {
  const { red, blue } = lumaWeights[space];
  const green = 1 - red - blue;
  const luma = fullRange ? 1 : 255 / 219;
  const chroma = fullRange ? 1 : 255 / 224;
  const redFromV = 2 * (1 - red) * chroma;
  const blueFromU = 2 * (1 - blue) * chroma;
  return {
    matrix: [luma, 0, redFromV, luma, (-blueFromU * blue) / green, (-redFromV * red) / green, luma, blueFromU, 0],
    offset: [fullRange ? 0 : 16 / 255, 128 / 255, 128 / 255],
  };
};

/** "#rrggbb" as three numbers in 0..1. */
export const rgbOf = (hex: string): [number, number, number] => {
  const value = Number.parseInt(hex.slice(1), 16);
  return [((value >> 16) & 255) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
};
