/** Byte textures: of one channel for planes, of four for logits. */
import { DataTexture, LinearFilter, NearestFilter, NoColorSpace, RedFormat, RGBAFormat, UnsignedByteType } from 'three';

export const byteTexture = (width: number, height: number, data: Uint8Array<ArrayBuffer>): DataTexture => {
  const texture = new DataTexture(data, width, height, RedFormat, UnsignedByteType);
  texture.minFilter = LinearFilter;
  texture.magFilter = LinearFilter;
  texture.generateMipmaps = false;
  texture.colorSpace = NoColorSpace;
  // Rows of one-byte texels need not start at multiples of four.
  texture.unpackAlignment = 1;
  texture.needsUpdate = true;
  return texture;
};

/** Four channels, read texel by texel. */
export const byteTexture4 = (width: number, height: number, data: Uint8Array<ArrayBuffer>): DataTexture => {
  const texture = new DataTexture(data, width, height, RGBAFormat, UnsignedByteType);
  texture.minFilter = NearestFilter;
  texture.magFilter = NearestFilter;
  texture.generateMipmaps = false;
  texture.colorSpace = NoColorSpace;
  texture.needsUpdate = true;
  return texture;
};
