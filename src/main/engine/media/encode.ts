/**
 * Writes an H.264 MP4 whose frames carry the times they are given: variable frame rate stays variable. Sound is copied from the
 * source where MP4 takes it. The file appears under its name only when it is whole.
 */
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { planesByteLength } from '../../../shared/wire.ts';
import { listEncoders, passthroughArgs } from './ffmpeg-binary.ts';
import { cancelled, type FfmpegChild, fileUrl, inputArgs, runFfmpeg, spawnFfmpeg } from './ffmpeg-process.ts';
import type { TimeBase } from './frame-index.ts';
import { matroskaFrameHeader, matroskaHeader } from './matroska-writer.ts';
import { type ColorSpace, parseInputDescription } from './stream-info.ts';

export interface EncoderOptions {
  /** Path of the MP4 to make; an existing file is replaced at the end. */
  output: string;
  /** Size of the planes that write() gets. Odd sizes are padded to even ones by repeating the edge. */
  width: number;
  height: number;
  /** Of the ticks that write() gets: the source's. */
  timeBase: TimeBase;
  colorSpace: ColorSpace;
  fullRange: boolean;
  /** File whose first audio stream goes along, or null. */
  audioFrom: string | null;
  /**
   * Times of the first and last frame (FrameIndex.timeMs) when only a part of the clip is written; sound is cut to it, and a part
   * that does not begin with the clip starts at time 0.
   */
  rangeMs?: { start: number; end: number };
  /** Mean distance of frames (FrameIndex.averageTicks()); steers rate control only. */
  averageTicks?: number;
  ffmpeg: string;
  signal?: AbortSignal | undefined;
  /** Constant quality, 0 (lossless) to 51. */
  crf?: number;
  /** x264 preset. */
  preset?: string;
  onSpawn?: (pid: number | undefined) => void;
  /** Stands in for the list of encoders that ffmpeg gives. */
  encoders?: ReadonlySet<string>;
}

export interface Encoder {
  /** Hands over one frame; resolves when the next may come. Times must ascend. The buffer may be reused after it resolves. */
  write(planes: Uint8Array, ptsTicks: number): Promise<void>;
  /** Ends the file and gives it its name. */
  finish(): Promise<void>;
  /** Gives up: kills the child, removes the partial file. Safe at any time. */
  abort(): Promise<void>;
}

/** Audio codecs that MP4 players expect; others become AAC. */
const copiedAudio = new Set(['aac', 'mp3', 'ac3', 'eac3', 'opus', 'alac']);

const aacArgs = ['-c:a', 'aac', '-b:a', '192k'];

/** Fallbacks where libx264 is absent, best first. */
const encoderChoices: readonly (readonly [name: string, args: (crf: number, preset: string) => string[]])[] = [
  ['libx264', (crf, preset) => ['-preset', preset, '-crf', String(crf)]],
  ['libopenh264', () => ['-b:v', '8M']],
  ['h264_videotoolbox', () => ['-b:v', '8M']],
  ['h264_mf', () => ['-b:v', '8M']],
  ['mpeg4', () => ['-q:v', '3']],
];

/** MPEG-4 part 2 can't count finer than 1/65535 s. */
const encoderTimeBase = (encoder: string, base: TimeBase): TimeBase =>
  encoder === 'mpeg4' && base.den > 65535 ? { num: 1, den: 60000 } : base;

export const chooseEncoder = (available: ReadonlySet<string>, crf: number, preset: string): { name: string; args: string[] } => {
  for (const [name, args] of encoderChoices) if (available.has(name)) return { name, args: args(crf, preset) };
  throw new AppError(
    'encode-failed',
    'This ffmpeg can encode neither H.264 nor MPEG-4, so no MP4 can be written. Install an ffmpeg with libx264, or set FFMPEG_PATH to one.',
  );
};

const colorParams: Record<ColorSpace, string> = {
  bt601: 'color_primaries=smpte170m:color_trc=smpte170m:colorspace=smpte170m',
  bt709: 'color_primaries=bt709:color_trc=bt709:colorspace=bt709',
  bt2020: 'color_primaries=bt2020:color_trc=bt2020-10:colorspace=bt2020nc',
};

/** Nothing where the source has no sound (asked of the file itself, so that the caller need not know). */
const audioArgs = async (options: EncoderOptions, originTicks: number): Promise<{ input: string[]; output: string[] }> => {
  const { audioFrom, rangeMs, timeBase, averageTicks = 0, ffmpeg, signal } = options;
  if (audioFrom === null) return { input: [], output: [] };
  const { stderr } = await runFfmpeg(ffmpeg, inputArgs(audioFrom), { signal });
  const { audioCodec, startSec } = parseInputDescription(stderr.head);
  if (audioCodec === null) return { input: [], output: [] };

  const secondsPerTick = timeBase.num / timeBase.den;
  const originSec = originTicks * secondsPerTick;
  const canCopy = copiedAudio.has(audioCodec);
  const before: string[] = [];
  const output = ['-map', '1:a:0'];
  if (originSec !== 0) before.push('-itsoffset', (-originSec).toFixed(6));
  if (rangeMs === undefined || (rangeMs.start === 0 && originTicks === 0)) {
    if (rangeMs !== undefined) before.push('-t', (rangeMs.end / 1000 + averageTicks * secondsPerTick + 0.001).toFixed(6));
    output.push(...(canCopy ? ['-c:a', 'copy'] : aacArgs));
  } else {
    // Cutting between packets is inexact and leaves hidden sound in the file, so a part's sound is encoded anew.
    const seekSec = originSec - startSec;
    if (seekSec > 0) before.push('-noaccurate_seek', '-ss', seekSec.toFixed(6));
    const lengthSec = (rangeMs.end - rangeMs.start) / 1000 + averageTicks * secondsPerTick;
    output.push('-filter:a', `atrim=start=0:end=${Math.max(0.001, lengthSec).toFixed(6)}`, ...aacArgs);
  }
  return { input: inputArgs(audioFrom, before), output };
};

const buildArgs = async (options: EncoderOptions, partial: string, originTicks: number): Promise<string[]> => {
  const { ffmpeg, timeBase, width, height, crf = 18, preset = 'veryfast' } = options;
  const encoder = chooseEncoder(options.encoders ?? (await listEncoders(ffmpeg)), crf, preset);
  const base = encoderTimeBase(encoder.name, timeBase);
  const audio = await audioArgs(options, originTicks);
  const filters = [
    `settb=${base.num}/${base.den}`,
    `setparams=${colorParams[options.colorSpace]}:range=${options.fullRange ? 'pc' : 'tv'}`,
  ];
  if (width % 2 === 1 || height % 2 === 1)
    filters.push('pad=ceil(iw/2)*2:ceil(ih/2)*2', `fillborders=right=${width % 2}:bottom=${height % 2}:mode=smear`);
  return [
    ...['-copyts', '-probesize', '32', '-analyzeduration', '0', '-f', 'matroska', '-i', 'pipe:0'],
    ...audio.input,
    ...['-map', '0:v:0', ...audio.output],
    ...['-filter:v', filters.join(','), '-pix_fmt', 'yuv420p', '-c:v', encoder.name, ...encoder.args],
    ...passthroughArgs,
    ...['-enc_time_base', `${base.num}:${base.den}`, '-video_track_timescale', String(base.den)],
    ...['-map_metadata', '-1', '-movflags', '+faststart', '-max_muxing_queue_size', '4096', '-f', 'mp4', '-y', fileUrl(partial)],
  ];
};

const unwritable = (output: string, cause: unknown): AppError => {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
  if (code === 'ENOSPC') return diskFull(output);
  return new AppError(
    'output-unwritable',
    `${output} can't be written: ${dirname(output)} refused it (${code}). Choose another folder or change its permissions.`,
    {
      cause,
      details: { path: output },
    },
  );
};

const diskFull = (output: string): AppError =>
  new AppError(
    'disk-full',
    `The disk is full, so ${output} was not finished and its partial file was removed. Free some space or choose another folder.`,
    {
      details: { path: output },
    },
  );

class Mp4Encoder implements Encoder {
  readonly #options: EncoderOptions;
  readonly #output: string;
  readonly #partial: string;
  #child: FfmpegChild | null = null;
  #originTicks = 0;
  #lastTicks = Number.NEGATIVE_INFINITY;
  #frames = 0;
  #isOver = false;
  readonly #onAbort = (): void => void this.abort();

  constructor(options: EncoderOptions, output: string, partial: string) {
    this.#options = options;
    this.#output = output;
    this.#partial = partial;
    // An abort between two calls must not leave the file behind.
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async write(planes: Uint8Array, ptsTicks: number): Promise<void> {
    await this.#assertOpen();
    const { width, height, timeBase } = this.#options;
    if (planes.byteLength !== planesByteLength(width, height))
      throw await this.#fail(
        new AppError('internal', `A frame of ${width} x ${height} has ${planesByteLength(width, height)} bytes, not ${planes.byteLength}.`),
      );
    if (ptsTicks <= this.#lastTicks)
      throw await this.#fail(new AppError('internal', `Frame times must ascend: ${ptsTicks} after ${this.#lastTicks}.`));
    this.#lastTicks = ptsTicks;
    const child = this.#child ?? (await this.#start(ptsTicks));
    // One write for head and body each: joining them would copy every frame.
    child.stdin?.write(matroskaFrameHeader(ptsTicks - this.#originTicks, planes.byteLength, timeBase));
    await this.#send(child, planes);
    this.#frames++;
  }

  async finish(): Promise<void> {
    await this.#assertOpen();
    const child = this.#child;
    if (child === null || this.#frames === 0)
      throw await this.#fail(new AppError('encode-failed', `${this.#output} was not written: there was no frame to write.`));
    child.stdin?.end();
    const { code } = await child.exit;
    if (code !== 0) throw await this.#fail(await this.#exitError(child));
    this.#close();
    try {
      await rename(this.#partial, this.#output);
    } catch (error) {
      await rm(this.#partial, { force: true });
      throw unwritable(this.#output, error);
    }
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    await this.#fail(cancelled());
  }

  async #assertOpen(): Promise<void> {
    if (this.#options.signal?.aborted) throw await this.#fail(cancelled());
    if (this.#isOver) throw new AppError('encode-failed', `${this.#output} is already closed.`);
  }

  async #start(firstTicks: number): Promise<FfmpegChild> {
    const { timeBase, rangeMs, width, height, averageTicks, ffmpeg, signal } = this.#options;
    // Whole clips keep the source's own times. A part starts at 0; so does what MP4 can't hold (negative) or would show as a long
    // blank (recordings whose clock started hours ago).
    const firstSec = (firstTicks * timeBase.num) / timeBase.den;
    this.#originTicks = (rangeMs !== undefined && rangeMs.start > 0) || firstSec < 0 || firstSec > 10 ? firstTicks : 0;
    const child = spawnFfmpeg(ffmpeg, { args: await buildArgs(this.#options, this.#partial, this.#originTicks), stdin: true, signal });
    this.#child = child;
    this.#options.onSpawn?.(child.pid);
    child.stdout.resume();
    child.stdin?.write(matroskaHeader({ width, height }, timeBase, averageTicks ?? timeBase.den / timeBase.num / 25));
    return child;
  }

  async #send(child: FfmpegChild, bytes: Uint8Array): Promise<void> {
    const { stdin } = child;
    const written = new Promise<boolean>((done) => {
      if (stdin === null) done(false);
      else stdin.write(bytes, (error) => done(error === null || error === undefined));
    });
    const exited = child.exit.then(
      () => false,
      () => false,
    );
    // A killed child may leave the write unanswered; its exit answers then.
    const isSent = await Promise.race([written, exited]);
    if (!isSent) throw await this.#fail(await this.#exitError(child));
  }

  async #exitError(child: FfmpegChild): Promise<AppError> {
    child.stdin?.destroy();
    let exit: Awaited<FfmpegChild['exit']>;
    try {
      exit = await child.exit;
    } catch (error) {
      return AppError.from(error);
    }
    if (this.#options.signal?.aborted) return cancelled();
    if (child.stderr.has(/No space left on device|Disk quota exceeded/)) return diskFull(this.#output);
    if (child.stderr.has(/partial-\d+\.mp4: (Permission denied|Read-only file system|No such file)/))
      return unwritable(this.#output, { code: 'EACCES' });
    const how = exit.signal === null ? `failed (${exit.code})` : `was killed (${exit.signal})`;
    return new AppError(
      'encode-failed',
      `Writing ${this.#output} stopped after ${this.#frames} frames: ffmpeg ${how}: ${child.stderr.lastError()}. The partial file was removed; try the export again.`,
      { details: { path: this.#output, frames: this.#frames } },
    );
  }

  #close(): void {
    this.#isOver = true;
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
  }

  /** Ends everything and returns `error` for throwing. */
  async #fail(error: AppError): Promise<AppError> {
    this.#close();
    this.#child?.kill();
    await this.#child?.exit.catch(() => {});
    await rm(this.#partial, { force: true });
    return error;
  }
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Partial files of this output whose process was killed before it could remove them. */
const removeOrphans = async (output: string): Promise<void> => {
  const prefix = `${basename(output)}.partial-`;
  for (const name of await readdir(dirname(output)).catch(() => [])) {
    const pid = name.startsWith(prefix) ? Number(/^(\d+)\.mp4$/.exec(name.slice(prefix.length))?.[1] ?? Number.NaN) : Number.NaN;
    if (Number.isInteger(pid) && !isRunning(pid)) await rm(join(dirname(output), name), { force: true });
  }
};

/** Checks that the output can be written and returns the encoder; ffmpeg starts with the first frame. */
export const openEncoder = async (options: EncoderOptions): Promise<Encoder> => {
  if (options.signal?.aborted) throw cancelled();
  const output = resolve(options.output);
  const partial = `${output}.partial-${process.pid}.mp4`;
  try {
    await (await open(partial, 'w')).close();
  } catch (error) {
    throw unwritable(output, error);
  }
  await removeOrphans(output);
  return new Mp4Encoder(options, output, partial);
};
