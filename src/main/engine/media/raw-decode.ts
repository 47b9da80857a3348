/**
 * Decodes a range of frames once and hands each out in several raw shapes (filter outputs), by frame number.
 *
 * ffmpeg gets one filter graph that splits after the decoder: every branch is a raw pipe, and one more branch is a 16 x
 * 16 crop whose framecrc listing carries the time stamps, so that each picture's frame number is known and not counted.
 * A start in the middle seeks to a key frame before it and trims; where the container's seek lands too late, earlier
 * points are tried.
 */
import { AppError } from '../../../shared/errors.ts';
import { passthroughArgs } from './ffmpeg-binary.ts';
import { cancelled, type FfmpegChild, inputArgs, spawnFfmpeg } from './ffmpeg-process.ts';
import type { FrameIndex } from './frame-index.ts';
import { FramePipe, LinePipe } from './frame-pipe.ts';
import { frameFilters } from './picture-form.ts';
import type { MediaInfo } from './probe.ts';
import { FrameCrcReader } from './stream-info.ts';

export interface RawOutput {
  /** Filters of this branch; must end in a fixed size and pixel format. */
  filter: string;
  bytesPerFrame: number;
}

export interface RawDecodeOptions {
  path: string;
  index: FrameIndex;
  info: MediaInfo;
  /** First and last frame, inclusive. */
  start: number;
  end: number;
  outputs: readonly RawOutput[];
  ffmpeg: string;
  signal?: AbortSignal | undefined;
  /** Told the child's process id; for tests and metrics. */
  onSpawn?: (pid: number | undefined) => void;
}

export interface RawFrame {
  frame: number;
  /** One buffer for each output, each with an ArrayBuffer of its own. */
  buffers: Uint8Array[];
}

/** Frames that may wait in each pipe's queue; with the one being filled that is the bound of what is buffered. */
const queuedFrames = 3;

/** Seconds before the wanted frame to seek to; null decodes from the beginning. */
const seekMargins: readonly (number | null)[] = [0, 2, 12, null];

/** Formats without a table of key frames: a seek there lands on any packet, not on a key frame. */
const unindexedContainers = /(^|,)(mpegts|mpeg|flv|live_flv|ogg|asf|rm|wtv|dv|gxf|mjpeg|nsv|dhav)(,|$)/;

/** Mean distance of frames in source ticks. */
const usualStep = (index: FrameIndex): number =>
  (index.averageTicks() * index.timeBase.num * index.sourceTimeBase.den) / (index.timeBase.den * index.sourceTimeBase.num);

/**
 * The time in ticks to seek to for a frame; -Infinity: read from the beginning. Decoding must then begin at the key
 * frame before the frame or earlier, never between: decoders give broken pictures then, with the right times.
 */
const seekTicks = (index: FrameIndex, info: MediaInfo, frame: number): number => {
  const halfFrame = usualStep(index) / 2;
  const second = index.sourceTimeBase.den / index.sourceTimeBase.num;
  const target = index.sourceTicks(frame);
  const { before, after } = index.keysAround(frame);
  if (before === null) return Number.NEGATIVE_INFINITY;
  // Packets are in decoding order, which is ahead of time stamps by the reordering delay: well under half a second.
  if (unindexedContainers.test(info.container)) return before - second / 2;
  // By the same delay, a time just before the next key frame can already lead to that one, which is too late.
  return Math.max(before, Math.min(target, after === null ? target : after - second)) - halfFrame;
};

/**
 * Arguments that decode from `anchor` on, a frame whose time stamp no frame before it has.
 * @param margin null: from the beginning
 */
const buildArgs = (options: RawDecodeOptions, anchor: number, margin: number | null): string[] => {
  const { index, info, outputs } = options;
  const base = index.sourceTimeBase;
  const seekSec = (seekTicks(index, info, anchor) * base.num) / base.den - (margin ?? 0);
  const isSeeking = anchor > 0 && margin !== null && seekSec > Math.max(0, info.startSec);
  const trim = anchor > 0 && info.isSeekExact ? `,trim=start_pts=${index.sourceTicks(anchor)}` : '';
  // Where time stamps do not tell frames apart they are counted, from the first. Filters that count begin anew where
  // the picture changes its size; where it does not, the frames before the first that is wanted need not leave ffmpeg.
  const skip = anchor > 0 && !info.isSeekExact && !info.hasChanges ? `,trim=start_frame=${anchor}` : '';
  const fields = frameFilters(info);
  const names = outputs.map((_, i) => `[o${i}]`);
  const graph = [
    `[0:V:${info.stream}]settb=${base.num}/${base.den}${trim}${skip}${fields && `,${fields},settb=${base.num}/${base.den}`},split=${outputs.length + 1}[t]${outputs.map((_, i) => `[s${i}]`).join('')}`,
    '[t]crop=w=min(iw\\,16):h=min(ih\\,16):x=0:y=0[times]',
    ...outputs.map((output, i) => `[s${i}]${output.filter}${names[i]}`),
  ];
  return [
    // The time is a time stamp of the file, not one counted from its start, which ffmpeg would have to be asked for.
    ...inputArgs(options.path, isSeeking ? ['-noaccurate_seek', '-seek_timestamp', '1', '-ss', seekSec.toFixed(6)] : []),
    '-copyts',
    '-filter_complex',
    graph.join(';'),
    // The times go out first: an ffmpeg with one thread for all outputs then never makes us wait for a time behind a
    // full pipe.
    ...['-map', '[times]', ...passthroughArgs, '-enc_time_base', `${base.num}:${base.den}`, '-c:v', 'rawvideo'],
    ...['-flush_packets', '1', '-f', 'framecrc', 'pipe:1'],
    ...outputs.flatMap((_, i) => ['-map', names[i] as string, ...passthroughArgs, '-c:v', 'rawvideo', '-f', 'rawvideo', `pipe:${3 + i}`]),
  ];
};

const endError = async (child: FfmpegChild, pipes: readonly FramePipe[], options: RawDecodeOptions, next: number): Promise<AppError> => {
  // One pipe may end before another; what is left must be read, or the child could not end.
  for (const pipe of pipes) while ((await pipe.next()) !== null);
  const { code, signal } = await child.exit;
  if (options.signal?.aborted) return cancelled();
  const details = { path: options.path, frame: next };
  if (code !== 0)
    return new AppError(
      'decode-failed',
      `Decoding ${options.path} stopped at frame ${next}: ffmpeg ${signal === null ? `failed (${code})` : `was killed (${signal})`}: ${child.stderr.lastError()}. Try again; if it stops at the same frame, the file is damaged there.`,
      { details },
    );
  return new AppError(
    'source-truncated',
    `${options.path} ends early: frame ${next} of ${options.index.length} and what follows could not be decoded. The frames before it are intact.`,
    { details },
  );
};

/**
 * Frames start..end in order, none missing and none twice. A frame that the decoder skips in the middle (damage) gets
 * the picture of the one after it, so that numbers and times stay right. Leaving the loop early kills the child.
 */
export async function* decodeRaw(options: RawDecodeOptions): AsyncGenerator<RawFrame, void, undefined> {
  const { index, info, start, end } = options;
  // Both ends are checked by the index, which knows the message.
  index.ptsTicks(start);
  index.ptsTicks(end);
  const isCounted = !info.isSeekExact;
  const anchor = isCounted ? (info.hasChanges ? 0 : start) : index.anchorOf(start);
  for (const margin of anchor === 0 || isCounted ? [null] : seekMargins) {
    const child = spawnFfmpeg(options.ffmpeg, {
      args: buildArgs(options, anchor, margin),
      extraPipes: options.outputs.length,
      signal: options.signal,
    });
    options.onSpawn?.(child.pid);
    const times = new LinePipe(child.stdout);
    const crc = new FrameCrcReader();
    const pipes = options.outputs.map((output, i) => new FramePipe(child.pipes[i]!, output.bytesPerFrame, queuedFrames));
    let next = anchor;
    try {
      let isSeekLate = false;
      while (next <= end) {
        const buffers: Uint8Array[] = [];
        for (const pipe of pipes) {
          const buffer = await pipe.next();
          if (buffer !== null) buffers.push(buffer);
        }
        const pts = buffers.length === pipes.length ? await nextTime(times, crc) : null;
        if (options.signal?.aborted) throw cancelled();
        if (pts === null) {
          // A seek past the last key frame can yield nothing at all; that is a late seek too.
          isSeekLate = next === anchor && margin !== null && (await child.exit).code === 0;
          if (isSeekLate) break;
          throw await endError(child, pipes, options, next);
        }
        const time = isCounted ? pts : index.sourceTicks(next);
        if (pts < time) continue;
        if (pts > time && next === anchor && margin !== null) {
          isSeekLate = true;
          break;
        }
        for (; !isCounted && next <= end && pts > index.sourceTicks(next); next++)
          if (next >= start) yield { frame: next, buffers: buffers.map((buffer) => buffer.slice()) };
        if (next > end) break;
        if (next >= start) yield { frame: next, buffers };
        next++;
      }
      if (!isSeekLate) return;
    } finally {
      child.kill();
      await child.exit.catch(() => {});
    }
  }
}

const nextTime = async (times: LinePipe, crc: FrameCrcReader): Promise<number | null> => {
  for (;;) {
    const line = await times.next();
    if (line === null) return null;
    const entry = crc.read(line);
    if (entry !== null) return entry.pts;
  }
};
