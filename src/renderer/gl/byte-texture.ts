/** Single-channel byte textures, for planes and logits. */
import { DataTexture, LinearFilter, NoColorSpace, RedFormat, UnsignedByteType } from 'three';

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
