/**
 * Decodes the bytes of a recording while they are written: the same file that is kept, so the time stamps of its
 * pictures are the file's. What the stream is is found out first, by a short look at its beginning; then one ffmpeg
 * decodes it into planes for the screen and RGB for the model. A decoder that can't keep up, or dies, is begun anew
 * further on: the recording never waits for it.
 */

import { constants, setPriority } from 'node:os';
import { AppError } from '../../../shared/errors.ts';
import type { Deinterlace } from '../../../shared/footage.ts';
import type { AnalysisHeight, EnhancerName } from '../../../shared/streams.ts';
import { planesByteLength } from '../../../shared/wire.ts';
import { passthroughArgs } from '../media/ffmpeg-binary.ts';
import { type FfmpegChild, spawnFfmpeg } from '../media/ffmpeg-process.ts';
import { FrameFactsReader } from '../media/frame-facts.ts';
import { FramePipe, LinePipe } from '../media/frame-pipe.ts';
import { largestTrackOf } from '../media/matroska-tracks.ts';
import { displayFilter, frameFilters, pictureOf, rgbFilter, workOn } from '../media/picture-form.ts';
import { FrameCrcReader } from '../media/stream-info.ts';
import { fitSize } from '../pipeline/media-source.ts';
import { analysisSize } from './analysis-size.ts';
import { enhanceFilter, rateFilter } from './enhance.ts';

/** A source's picture, upright, with square pixels. */
export type LivePicture = ReturnType<typeof pictureOf> & {
  hasAudio: boolean;
  /** Number among the recording's video tracks. */
  stream: number;
};

export interface DecodedPicture {
  /** Time stamp in the recording's file, ms. */
  ptsMs: number;
  display: Uint8Array;
  model: Uint8Array;
}

/** What is decoded of a stream, and how it is prepared for the model. */
export interface StreamProcessing {
  /** Pictures a second at most; the others are dropped before they are scaled. */
  targetFps: number;
  /** Pictures for the screen, and those that are enhanced, have this height at most. */
  analysisHeight: AnalysisHeight;
  enhance: readonly EnhancerName[];
}

export interface LiveDecoderOptions {
  ffmpeg: string;
  /** Planes are at most this large. */
  display: { width: number; height: number };
  /** Side of the model's input. */
  modelSize: number;
  /** By default, what is marked as interlaced. */
  deinterlace?: Deinterlace | undefined;
  /** Of a stream that runs by itself; null: every picture as it is. */
  processing?: StreamProcessing | null | undefined;
  onDescribed: (picture: LivePicture, display: { width: number; height: number }) => void;
  onPicture: (picture: DecodedPicture) => void;
  /** It can't be decoded at all. */
  onFailed: (error: AppError) => void;
}

/** So much of a stream says what it is. */
const mostHead = 16 * 2 ** 20;
/** A decoder this far behind is begun anew where the stream is now. */
const mostBehind = 32 * 2 ** 20;
/** Decoders that end one after the other without a picture. */
const mostFailures = 3;

const inputArgs = [
  ...['-protocol_whitelist', 'pipe', '-format_whitelist', 'matroska,webm'],
  ...['-fflags', '+discardcorrupt', '-fpsprobesize', '0', '-analyzeduration', '500000'],
];
/**
 * A picture leaves the decoder as soon as it is decoded: threads that share frames would hold back one each. Broken
 * ones do not.
 */
const decoderArgs = ['-thread_type', 'slice', '-flags', '-output_corrupt'];

/** What a Matroska file begins with. */
const ebmlId = Buffer.from([0x1a, 0x45, 0xdf, 0xa3]);
const clusterId = Buffer.from([0x1f, 0x43, 0xb6, 0x75]);

/** What a Matroska stream begins with, before its first cluster: any later part of it can be read after that. */
export const headerOf = (head: Buffer): Buffer => head.subarray(0, Math.max(0, head.indexOf(clusterId)));

export class LiveDecoder {
  readonly #options: LiveDecoderOptions;
  #head: Buffer[] = [];
  #headBytes = 0;
  #header: Buffer | null = null;
  #describer: FfmpegChild | null = null;
  #picture: LivePicture | null = null;
  #child: FfmpegChild | null = null;
  #failures = 0;
  #isClosed = false;
  #describing: Promise<void> = Promise.resolve();
  #reading: Promise<void> = Promise.resolve();

  constructor(options: LiveDecoderOptions) {
    this.#options = options;
  }

  /** The next bytes of the recording. Never waits. */
  feed(data: Buffer): void {
    if (this.#isClosed) return;
    if (!this.#picture) {
      this.#head.push(data);
      this.#headBytes += data.length;
      if (this.#describer) this.#describer.stdin?.write(data);
      else if (this.#hasHeader(data)) this.#describer = this.#describe(Buffer.concat(this.#head));
      if (this.#headBytes > mostHead)
        this.#fail(
          new AppError(
            'source-unreadable',
            'The stream does not describe its video. Check whether another player shows it; you may have to restart the sender.',
          ),
        );
      return;
    }
    const { stdin } = this.#child ?? {};
    if (!stdin) return;
    stdin.write(data);
    if (stdin.writableLength > mostBehind) this.#child?.kill();
  }

  /**
   * Streams are listed before the first cluster, whose id may lie across two pieces. What is no Matroska at all has no
   * cluster to wait for: ffmpeg says what is wrong with it.
   */
  #hasHeader(data: Buffer): boolean {
    const [first] = this.#head as [Buffer];
    const start = first.length < ebmlId.length ? Buffer.concat(this.#head) : first;
    if (start.length >= ebmlId.length && !start.subarray(0, ebmlId.length).equals(ebmlId)) return true;
    const last = this.#head.length > 1 ? Buffer.concat([this.#head.at(-2)!.subarray(1 - clusterId.length), data]) : data;
    return last.includes(clusterId);
  }

  /** No more bytes come: resolves when what is there has been decoded. */
  async end(): Promise<void> {
    // Whatever is wrong with so short a stream is said by ffmpeg.
    if (!this.#picture && !this.#isClosed && this.#headBytes > 0) this.#describer ??= this.#describe(Buffer.concat(this.#head));
    this.#describer?.stdin?.end();
    await this.#describer?.exit.catch(() => {});
    await this.#describing;
    this.#child?.stdin?.end();
    await this.#reading;
    this.close();
  }

  close(): void {
    this.#isClosed = true;
    this.#describer?.kill();
    this.#child?.kill();
    this.#head = [];
  }

  #fail(error: AppError): void {
    if (this.#isClosed) return;
    this.close();
    this.#options.onFailed(error);
  }

  /** Decodes the first frame, which says what it is. @param head of the recording, with its header */
  #describe(head: Buffer): FfmpegChild {
    const { ffmpeg, deinterlace } = this.#options;
    const reader = new FrameFactsReader();
    const stream = largestTrackOf(headerOf(head));
    const graph = `[0:V:${stream}]${reader.filter}[v]`;
    const output = ['-map', '[v]', '-map', '0:a:0?', '-c:a', 'copy', '-frames:v', '1', '-f', 'null', '-'];
    const args = [...inputArgs, ...decoderArgs, '-f', 'matroska', '-i', 'pipe:0', '-filter_complex', graph, ...output];
    const child = spawnFfmpeg(ffmpeg, { args, stdin: true, onLog: (line) => reader.read(line) });
    child.stdout.resume();
    child.stdin?.write(head);
    this.#describing = child.stderr
      .seen(/^\[showinfo@\S+ @ \S+\] .*color_range:/)
      .then(async () => {
        if (this.#isClosed) return;
        const { facts } = reader;
        const hasAudio = child.stderr.has(/^\[info\] {3}Stream #0:\d+ -> #0:\d+ \(copy\)$/);
        // The decoder's name is the codec's, or tells it.
        const codec = child.stderr.find(/^\[info\] {3}Stream #0:\d+ \((\S+)\) -> /) ?? 'unknown';
        if (facts) {
          const work = await workOn(facts, ffmpeg, deinterlace);
          if (!this.#isClosed) this.#begin({ ...pictureOf({ ...facts, codec }, facts, work), hasAudio, stream });
        } else {
          await child.exit;
          throw child.stderr.has(/matches no streams/)
            ? new AppError('source-no-video', 'The stream has no video in it. Use the address of a video.')
            : new AppError(
                'source-unreadable',
                `The stream could not be read as a video: ${child.stderr.lastError()}. Check whether another player shows it.`,
              );
        }
        child.kill();
      })
      .catch((error: unknown) => this.#fail(AppError.from(error)));
    // It may never have started; that is said by the one that decodes.
    child.exit.catch((error: unknown) => this.#fail(AppError.from(error)));
    return child;
  }

  #begin(picture: LivePicture): void {
    this.#picture = picture;
    const head = Buffer.concat(this.#head);
    this.#head = [];
    this.#header = headerOf(head);
    this.#options.onDescribed(picture, this.#displaySize(picture));
    if (!this.#isClosed) this.#spawn(picture, head);
  }

  #displaySize(picture: LivePicture): { width: number; height: number } {
    const { display, processing } = this.#options;
    return processing ? analysisSize(picture, processing.analysisHeight) : fitSize(picture, display.width, display.height);
  }

  #spawn(picture: LivePicture, first: Buffer): void {
    const { ffmpeg, modelSize, processing } = this.#options;
    const display = this.#displaySize(picture);
    const args = decodeArgs(picture, display, modelSize, processing ?? null);
    const child = spawnFfmpeg(ffmpeg, { args, extraPipes: 2, stdin: true });
    // Tracking and whoever works at the machine go first.
    if (processing) lowerPriority(child.pid);
    this.#child = child;
    child.stdin?.write(first);
    this.#reading = this.#read(child, display).then(
      () => this.#onEnd(child, picture),
      (error: unknown) => this.#fail(AppError.from(error)),
    );
  }

  async #read(child: FfmpegChild, display: { width: number; height: number }): Promise<void> {
    const { modelSize, onPicture } = this.#options;
    const times = new LinePipe(child.stdout);
    const crc = new FrameCrcReader();
    const planes = new FramePipe(child.pipes[0]!, planesByteLength(display.width, display.height), 2);
    const rgb = new FramePipe(child.pipes[1]!, modelSize * modelSize * 3, 2);
    for (;;) {
      const picture = await planes.next();
      const model = await rgb.next();
      const ptsMs = picture && model ? await nextTime(times, crc) : null;
      if (!picture || !model || ptsMs === null) break;
      this.#failures = 0;
      if (!this.#isClosed) onPicture({ ptsMs, display: picture, model });
    }
    await child.exit;
  }

  #onEnd(child: FfmpegChild, picture: LivePicture): void {
    // Its input was ended on purpose.
    if (this.#isClosed || child.stdin?.writableEnded) return;
    if (++this.#failures > mostFailures)
      this.#fail(
        new AppError(
          'decode-failed',
          `The video could not be decoded: ${child.stderr.lastError()}. The recording continues and stays complete.`,
        ),
      );
    else this.#spawn(picture, this.#header!);
  }
}

const lowerPriority = (pid: number | undefined): void => {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended, or the system does not allow it.
  }
};

const decodeArgs = (
  picture: LivePicture,
  display: { width: number; height: number },
  modelSize: number,
  processing: StreamProcessing | null,
): string[] => {
  const info = picture;
  const fields = frameFilters(picture);
  const rate = processing ? `,${rateFilter(processing.targetFps)}` : '';
  const enhance = processing ? enhanceFilter(processing.enhance) : '';
  // Filters work on the analysis size; the model's is a last, small step from there.
  const enhanced = enhance === '' ? '' : `scale=${display.width}:${display.height}:flags=bicubic,${enhance},`;
  const graph = [
    `[0:V:${picture.stream}]${fields && `${fields},`}settb=1/1000${rate},split=3[t][d][m]`,
    '[t]crop=w=min(iw\\,16):h=min(ih\\,16):x=0:y=0[times]',
    `[d]${displayFilter(info, display)}[display]`,
    `[m]${enhanced}${rgbFilter(info, { width: modelSize, height: modelSize })}[model]`,
  ];
  const raw = (name: string, pipe: number): string[] => [
    ...['-map', name, ...passthroughArgs, '-c:v', 'rawvideo', '-flush_packets', '1', '-f', 'rawvideo', `pipe:${pipe}`],
  ];
  return [
    ...inputArgs,
    ...decoderArgs,
    ...['-f', 'matroska', '-i', 'pipe:0', '-copyts', '-filter_complex', graph.join(';')],
    ...['-map', '[times]', ...passthroughArgs, '-enc_time_base', '1:1000', '-c:v', 'rawvideo'],
    ...['-flush_packets', '1', '-f', 'framecrc', 'pipe:1'],
    ...raw('[display]', 3),
    ...raw('[model]', 4),
  ];
};

const nextTime = async (times: LinePipe, crc: FrameCrcReader): Promise<number | null> => {
  for (;;) {
    const line = await times.next();
    if (line === null) return null;
    const entry = crc.read(line);
    if (entry !== null) return entry.pts;
  }
};
