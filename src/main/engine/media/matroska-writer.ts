/**
 * Wraps raw yuv420p frames with their own time stamps as a live Matroska stream, so that an encoding ffmpeg gets every
 * frame at exactly its time. Times are written in nanoseconds: rounding to 1 ns and back to any real video time base is
 * lossless.
 *
 * Only what ffmpeg's demuxer needs is written: header, one uncompressed I420 track, one cluster a frame, all of unknown
 * length.
 */
import type { TimeBase } from './frame-index.ts';

const ids = {
  ebml: 0x1a45dfa3,
  docType: 0x4282,
  docTypeVersion: 0x4287,
  docTypeReadVersion: 0x4285,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  muxingApp: 0x4d80,
  writingApp: 0x5741,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackUid: 0x73c5,
  trackType: 0x83,
  flagLacing: 0x9c,
  codecId: 0x86,
  defaultDuration: 0x23e383,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  uncompressedFourCc: 0x2eb524,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
} as const;

const idBytes = (id: number): Buffer => {
  const hex = id.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
};

/** Always the 8-byte form: a fixed place costs nothing here. */
const sizeBytes = (size: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(size) | (1n << 56n));
  return bytes;
};

const unknownSize = Buffer.from('01ffffffffffffff', 'hex');

const element = (id: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([idBytes(id), sizeBytes(body.length), body]);
};

const unsigned = (id: number, value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return element(id, bytes);
};

const text = (id: number, value: string): Buffer => element(id, Buffer.from(value, 'latin1'));

/** Ticks to nanoseconds, rounded to the nearest, without the 2^53 limit of doubles on the way. */
export const ticksToNanoseconds = (ticks: number, base: TimeBase): bigint => {
  const den = BigInt(base.den);
  return (BigInt(ticks) * BigInt(base.num) * 2_000_000_000n + den) / (2n * den);
};

/**
 * What goes before the first frame. `frameDurationTicks` is how long the last frame lasts, and what rate control goes
 * by.
 */
export const matroskaHeader = (size: { width: number; height: number }, base: TimeBase, frameDurationTicks: number): Buffer => {
  const track = element(
    ids.trackEntry,
    unsigned(ids.trackNumber, 1),
    unsigned(ids.trackUid, 1),
    unsigned(ids.trackType, 1),
    unsigned(ids.flagLacing, 0),
    text(ids.codecId, 'V_UNCOMPRESSED'),
    unsigned(ids.defaultDuration, ticksToNanoseconds(Math.max(1, Math.round(frameDurationTicks)), base)),
    element(ids.video, unsigned(ids.pixelWidth, size.width), unsigned(ids.pixelHeight, size.height), text(ids.uncompressedFourCc, 'I420')),
  );
  return Buffer.concat([
    element(ids.ebml, text(ids.docType, 'matroska'), unsigned(ids.docTypeVersion, 4), unsigned(ids.docTypeReadVersion, 2)),
    idBytes(ids.segment),
    unknownSize,
    element(ids.info, unsigned(ids.timestampScale, 1), text(ids.muxingApp, 'sam2-video'), text(ids.writingApp, 'sam2-video')),
    element(ids.tracks, track),
  ]);
};

/** What goes before each frame's bytes. `ticks` must not be negative. */
export const matroskaFrameHeader = (ticks: number, frameBytes: number, base: TimeBase): Buffer => {
  // Track 1, relative time 0, key frame.
  const block = Buffer.from([0x81, 0, 0, 0x80]);
  const timestamp = unsigned(ids.timestamp, ticksToNanoseconds(ticks, base));
  const blockSize = block.length + frameBytes;
  const blockHead = Buffer.concat([idBytes(ids.simpleBlock), sizeBytes(blockSize), block]);
  const clusterSize = timestamp.length + blockHead.length + frameBytes;
  return Buffer.concat([idBytes(ids.cluster), sizeBytes(clusterSize), timestamp, blockHead]);
};
