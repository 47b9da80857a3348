/** One stored mask as bytes: run lengths as COCO text and the logits the window draws, deflated. Little-endian. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { AppError } from '../../../shared/errors.ts';
import type { EngineResult } from '../../engine/api/protocol.ts';

/** An object's result on a frame with its display logits deflated. */
export interface StoredResult extends Omit<EngineResult, 'objectId' | 'overlay'> {
  overlay: { width: number; height: number; scale: number; packed: Uint8Array };
}

/**
 * width u16, height u16, flags u32, predictedIou f64, object logit f64, area u32, box 4 x i32, counts' length u32,
 * scale f64
 */
const headerBytes = 56;
const isPrompted = 1;
const hasBox = 2;

export const packLogits = (logits: Int8Array): Uint8Array => deflateRawSync(logits, { level: 1 });

const damaged = (cause?: unknown): AppError =>
  new AppError(
    'source-unreadable',
    "A stored mask could not be read: the project's mask file is damaged. Track that frame again.",
    cause === undefined ? {} : { cause },
  );

/** Far more than any model's; a file made by somebody else must not decide how much memory is taken. */
const mostLogits = 2 ** 22;

/** @throws AppError `source-unreadable` for bytes that are no logits of that size */
export const unpackLogits = ({ packed, width, height }: Pick<StoredResult['overlay'], 'packed' | 'width' | 'height'>): Int8Array => {
  const count = width * height;
  if (count > mostLogits) throw damaged();
  try {
    const bytes = inflateRawSync(packed, { maxOutputLength: Math.max(1, count) });
    if (bytes.byteLength !== count) throw damaged();
    return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    throw error instanceof AppError ? error : damaged(error);
  }
};

export const storedFrom = (result: EngineResult): StoredResult => {
  const { counts, box, area, predictedIou, objectLogit, prompted } = result;
  const { logits, width, height, scale } = result.overlay;
  return { counts, box, area, predictedIou, objectLogit, prompted, overlay: { width, height, scale, packed: packLogits(logits) } };
};

export const encodeMaskRecord = (stored: StoredResult): Buffer => {
  const counts = Buffer.from(stored.counts, 'latin1');
  const { overlay, box } = stored;
  const data = Buffer.alloc(headerBytes + counts.length + overlay.packed.length);
  data.writeUInt16LE(overlay.width, 0);
  data.writeUInt16LE(overlay.height, 2);
  data.writeUInt32LE((stored.prompted ? isPrompted : 0) | (box ? hasBox : 0), 4);
  data.writeDoubleLE(stored.predictedIou, 8);
  data.writeDoubleLE(stored.objectLogit, 16);
  data.writeUInt32LE(stored.area, 24);
  (box ?? [0, 0, 0, 0]).forEach((value, i) => {
    data.writeInt32LE(value, 28 + 4 * i);
  });
  data.writeUInt32LE(counts.length, 44);
  data.writeDoubleLE(overlay.scale, 48);
  counts.copy(data, headerBytes);
  data.set(overlay.packed, headerBytes + counts.length);
  return data;
};

/** @throws AppError `source-unreadable` for bytes that are no record */
export const decodeMaskRecord = (data: Buffer): StoredResult => {
  const countsLength = data.length < headerBytes ? Number.POSITIVE_INFINITY : data.readUInt32LE(44);
  if (headerBytes + countsLength > data.length) throw damaged();
  const flags = data.readUInt32LE(4);
  return {
    counts: data.toString('latin1', headerBytes, headerBytes + countsLength),
    box: flags & hasBox ? [data.readInt32LE(28), data.readInt32LE(32), data.readInt32LE(36), data.readInt32LE(40)] : null,
    area: data.readUInt32LE(24),
    predictedIou: data.readDoubleLE(8),
    objectLogit: data.readDoubleLE(16),
    prompted: (flags & isPrompted) !== 0,
    overlay: {
      width: data.readUInt16LE(0),
      height: data.readUInt16LE(2),
      scale: data.readDoubleLE(48),
      packed: data.subarray(headerBytes + countsLength),
    },
  };
};
