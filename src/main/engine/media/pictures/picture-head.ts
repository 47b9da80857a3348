/**
 * What a picture's file says of itself: its kind, its size, and how it has to be turned. By its bytes, not by its name.
 */

type PictureKind = 'jpeg' | 'png' | 'bmp' | 'tiff' | 'webp' | 'gif' | 'heif' | 'other';

export interface PictureHead {
  kind: PictureKind;
  /** Upright; null where only a decoder can tell. */
  size: { width: number; height: number } | null;
  /** EXIF's number, 1 to 8; 1 = as it is. */
  orientation: number;
}

/** Names of files that are taken for pictures. */
export const pictureNames = /\.(jpe?g|jpe|jfif|mpo|png|apng|bmp|dib|tiff?|webp|avif|hei[cf]s?|gif|tga|p[pgbn]m|jp2|j2k|jxl|dpx|exr)$/i;

/** For people. */
export const readKinds = 'JPEG, PNG, BMP, TIFF, WebP, GIF, AVIF and HEIC, TGA, PNM, JPEG 2000, JPEG XL, DPX and EXR where ffmpeg can';

const orientationTag = 0x0112;

/** Orientation in a TIFF structure, as EXIF is one; 1 where there is none. */
const orientationIn = (tiff: Buffer): number => {
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  if (!isLittle && tiff.toString('latin1', 0, 2) !== 'MM') return 1;
  const u16 = (at: number): number => (at + 2 > tiff.length ? 0 : isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const u32 = (at: number): number => (at + 4 > tiff.length ? 0 : isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const start = u32(4);
  for (let i = 0, at = start + 2; i < Math.min(u16(start), 512); i++, at += 12)
    if (u16(at) === orientationTag) {
      const value = u16(at + 8);
      return value >= 1 && value <= 8 ? value : 1;
    }
  return 1;
};

const turned = (width: number, height: number, orientation: number): { width: number; height: number } =>
  orientation >= 5 ? { width: height, height: width } : { width, height };

const jpegHead = (bytes: Buffer): PictureHead | null => {
  let orientation = 1;
  // Segments follow each other, each with its length, up to the one that starts the frame (SOF0 to SOF15 without DHT,
  // JPG, DAC).
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { kind: 'jpeg', size: turned(bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5), orientation), orientation };
    const length = bytes.readUInt16BE(at + 2);
    if (marker === 0xe1 && bytes.toString('latin1', at + 4, at + 10) === 'Exif\0\0')
      orientation = orientationIn(bytes.subarray(at + 10, at + 2 + length));
    at += 2 + length;
  }
  return null;
};

const pngHead = (bytes: Buffer): PictureHead | null => {
  if (bytes.length < 33) return null;
  let orientation = 1;
  for (let at = 8; at + 8 < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'eXIf') orientation = orientationIn(bytes.subarray(at + 8, at + 8 + length));
    if (type === 'IDAT') break;
    at += 12 + length;
  }
  return { kind: 'png', size: turned(bytes.readUInt32BE(16), bytes.readUInt32BE(20), orientation), orientation };
};

const webpOrientation = (bytes: Buffer): number => {
  for (let at = 12; at + 8 < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4);
    if (bytes.toString('latin1', at, at + 4) === 'EXIF') {
      const body = bytes.subarray(at + 8, at + 8 + length);
      return orientationIn(body.toString('latin1', 0, 4) === 'Exif' ? body.subarray(6) : body);
    }
    at += 8 + length + (length % 2);
  }
  return 1;
};

/**
 * The largest picture that a HEIF file (HEIC, AVIF) declares: it may be put together of tiles, which older ffmpegs take
 * for it.
 */
export const heifSize = (bytes: Buffer): { width: number; height: number } | null => {
  let largest: { width: number; height: number } | null = null;
  for (let at = bytes.indexOf('ispe'); at >= 0 && at + 16 <= bytes.length; at = bytes.indexOf('ispe', at + 4)) {
    const [width, height] = [bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)];
    if (!largest || width * height > largest.width * largest.height) largest = { width, height };
  }
  return largest;
};

/** @returns null for what is no picture, or a damaged JPEG or PNG */
export const readPictureHead = (bytes: Buffer): PictureHead | null => {
  if (bytes.length < 4) return null;
  const text = (from: number, to: number): string => bytes.toString('latin1', from, to);
  if (bytes.readUInt32BE(0) === 0x89504e47) return pngHead(bytes);
  if (bytes.readUInt16BE(0) === 0xffd8) return jpegHead(bytes);
  if (text(0, 2) === 'BM') return { kind: 'bmp', size: null, orientation: 1 };
  if (['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(text(0, 4))) return { kind: 'tiff', size: null, orientation: orientationIn(bytes) };
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return { kind: 'webp', size: null, orientation: webpOrientation(bytes) };
  if (text(0, 4) === 'GIF8') return { kind: 'gif', size: null, orientation: 1 };
  if (text(4, 8) === 'ftyp') return { kind: 'heif', size: null, orientation: 1 };
  return { kind: 'other', size: null, orientation: 1 };
};

/**
 * The first picture of a JPEG file: phones and action cameras lay others behind it (previews, depth, gain maps), which
 * are no frames.
 */
export const firstJpeg = (bytes: Buffer): Buffer => {
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return bytes;
    const marker = bytes[at + 1]!;
    if (marker === 0xff || marker === 0x00 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker === 0xd9) return bytes.subarray(0, at + 2);
    const isScan = marker === 0xda;
    at += 2 + bytes.readUInt16BE(at + 2);
    if (!isScan) continue;
    // Coded data goes on to the next marker; FF00 is a byte of it, and restarts (D0 to D7) belong to it.
    for (
      at = bytes.indexOf(0xff, at);
      at >= 0 && (bytes[at + 1] === 0 || (bytes[at + 1]! & 0xf8) === 0xd0);
      at = bytes.indexOf(0xff, at + 2)
    );
    if (at < 0) return bytes;
  }
  return bytes;
};
