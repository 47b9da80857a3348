/** Width and height of a picture from its first bytes: PNG and JPEG, as numbered frames come. */

/** @returns null for anything else */
export const imageSize = (bytes: Buffer): { kind: 'png' | 'mjpeg'; width: number; height: number } | null => {
  if (bytes.length >= 24 && bytes.readUInt32BE(0) === 0x89504e47)
    return { kind: 'png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return null;
  // Segments follow each other, each with its length, up to the one that starts the frame (SOF0 to SOF15 without DHT, JPG, DAC).
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { kind: 'mjpeg', height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
};
