/**
 * How large an annotated clip will be, found out: some pieces of the source are encoded with the arguments of the
 * export, and their packets are counted. How well pictures compress differs by a factor of ten from clip to clip;
 * nothing else tells.
 */
import { chooseEncoder, usualQuality } from './encoder-args.ts';
import { listEncoders, passthroughArgs } from './ffmpeg-binary.ts';
import { inputArgs, runFfmpeg } from './ffmpeg-process.ts';
import type { FrameIndex } from './frame-index.ts';
import type { MediaInfo } from './probe.ts';
import { FrameCrcReader } from './stream-info.ts';

export interface MeasureOptions {
  info: MediaInfo;
  index: FrameIndex;
  /** First and last frame, inclusive. */
  start: number;
  end: number;
  ffmpeg: string;
  signal?: AbortSignal | undefined;
}

const pieces = 3;
/** Frames of a piece, fewer of large pictures. */
const pieceFrames = (pixels: number): number => (pixels > 1920 * 1080 ? 4 : 8);
/** Frames from one key frame to the next, as x264 has it. */
const groupLength = 250;
/** Of sound, bytes a second; copied or AAC at 192 kbit/s. */
const soundBytes = 24_000;
/** Contours and filled masks take some bits of their own, and short pieces come out a little small. */
const overlays = 1.2;

interface Counted {
  keys: number;
  keyBytes: number;
  others: number;
  otherBytes: number;
}

const countPiece = async (
  { info, index, ffmpeg, signal }: MeasureOptions,
  from: number,
  frames: number,
  counted: Counted,
): Promise<void> => {
  const encoder = chooseEncoder(await listEncoders(ffmpeg), usualQuality.crf, usualQuality.preset);
  const seekSec = index.timeMs(from) / 1000;
  const reader = new FrameCrcReader();
  const size = `scale=${Math.ceil(info.width / 2) * 2}:${Math.ceil(info.height / 2) * 2}`;
  const args = [
    ...inputArgs(info.path, seekSec > 0 ? ['-ss', seekSec.toFixed(6)] : []),
    ...['-map', `0:V:${info.stream}`, '-frames:v', String(frames), '-filter:v', size, '-pix_fmt', 'yuv420p'],
    ...['-c:v', encoder.name, ...encoder.args, ...passthroughArgs, '-f', 'framecrc', 'pipe:1'],
  ];
  await runFfmpeg(ffmpeg, args, {
    signal,
    onLine: (line) => {
      const packet = reader.read(line);
      if (packet?.isKey) {
        counted.keys++;
        counted.keyBytes += packet.bytes;
      } else if (packet) {
        counted.others++;
        counted.otherBytes += packet.bytes;
      }
    },
  });
};

/**
 * @returns bytes of the video that an export of these frames writes, null when nothing could be encoded.
 * @throws AppError `cancelled`
 */
export const measureEncoding = async (options: MeasureOptions): Promise<number | null> => {
  const { info, index, start, end } = options;
  const frames = end - start + 1;
  const length = pieceFrames(info.width * info.height);
  const counted: Counted = { keys: 0, keyBytes: 0, others: 0, otherBytes: 0 };
  if (frames <= pieces * length) await countPiece(options, start, frames, counted);
  else
    for (let piece = 0; piece < pieces; piece++) {
      const middle = start + (frames * (piece + 0.5)) / pieces;
      await countPiece(options, Math.floor(middle - length / 2), length, counted);
    }
  const { keys, keyBytes, others, otherBytes } = counted;
  if (keys + others === 0) return null;
  const key = keyBytes / Math.max(1, keys);
  const other = others > 0 ? otherBytes / others : key;
  const keyFrames = Math.ceil(frames / groupLength);
  const sound = info.hasAudio ? ((index.timeMs(end) - index.timeMs(start)) / 1000) * soundBytes : 0;
  return Math.ceil((keyFrames * key + (frames - keyFrames) * other) * overlays + sound);
};
