/** The arguments of the encoding ffmpeg: raw frames on stdin as Matroska, sound from the source, an MP4 out. */
import { AppError } from '../../../shared/errors.ts';
import { planesByteLength } from '../../../shared/wire.ts';
import { listEncoders, passthroughArgs } from './ffmpeg-binary.ts';
import { fileUrl, inputArgs } from './ffmpeg-process.ts';
import type { ColorSpace } from './frame-facts.ts';
import type { TimeBase } from './frame-index.ts';
import type { PictureForm } from './picture-form.ts';
import { soundCodecOf } from './sound.ts';

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
   * Times of the first and last frame (FrameIndex.timeMs) when only a part of the clip is written; sound is cut to it,
   * and a part that does not begin with the clip starts at time 0.
   */
  rangeMs?: { start: number; end: number };
  /** How long the last frame is shown (FrameIndex.durationTicks()). */
  lastTicks?: number;
  /** By ffmpeg's names, as the source says; null and by default, what goes with the matrix. */
  marks?: Pick<PictureForm, 'matrix' | 'primaries' | 'transfer'>;
  /** The source's chapters go along; by default they do. */
  keepsChapters?: boolean;
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

/** What is written when nobody asks for something else. */
export const usualQuality = { crf: 18, preset: 'veryfast' } as const;

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

const usualMarks: Record<ColorSpace, { primaries: string; transfer: string; matrix: string }> = {
  bt601: { primaries: 'smpte170m', transfer: 'smpte170m', matrix: 'smpte170m' },
  bt709: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709' },
  bt2020: { primaries: 'bt2020', transfer: 'bt2020-10', matrix: 'bt2020nc' },
};

/** How the film is marked, so that players show what the source shows. */
const colorParams = ({ colorSpace, fullRange, marks }: EncoderOptions): string => {
  const usual = usualMarks[colorSpace];
  const { matrix, primaries, transfer } = marks ?? { matrix: null, primaries: null, transfer: null };
  return `color_primaries=${primaries ?? usual.primaries}:color_trc=${transfer ?? usual.transfer}:colorspace=${matrix ?? usual.matrix}:range=${fullRange ? 'pc' : 'tv'}`;
};

/** Nothing where the source has no sound (asked of the file itself, so that the caller need not know). */
const audioArgs = async (options: EncoderOptions, originTicks: number): Promise<{ input: string[]; output: string[] }> => {
  const { audioFrom, rangeMs, timeBase, lastTicks = 0, ffmpeg, signal } = options;
  if (audioFrom === null) return { input: [], output: [] };
  const audioCodec = await soundCodecOf(audioFrom, ffmpeg, signal);
  if (audioCodec === null) return { input: [], output: [] };

  const secondsPerTick = timeBase.num / timeBase.den;
  const originSec = originTicks * secondsPerTick;
  const canCopy = copiedAudio.has(audioCodec);
  const before: string[] = [];
  const output = ['-map', '1:a:0'];
  if (originSec !== 0) before.push('-itsoffset', (-originSec).toFixed(6));
  if (rangeMs === undefined || (rangeMs.start === 0 && originTicks === 0)) {
    if (rangeMs !== undefined) before.push('-t', (rangeMs.end / 1000 + lastTicks * secondsPerTick + 0.001).toFixed(6));
    output.push(...(canCopy ? ['-c:a', 'copy'] : aacArgs));
  } else {
    // Cutting between packets is inexact and leaves hidden sound in the file, so a part's sound is encoded anew.
    if (originSec > 0) before.push('-noaccurate_seek', '-seek_timestamp', '1', '-ss', originSec.toFixed(6));
    const lengthSec = (rangeMs.end - rangeMs.start) / 1000 + lastTicks * secondsPerTick;
    output.push('-filter:a', `atrim=start=0:end=${Math.max(0.001, lengthSec).toFixed(6)}`, ...aacArgs);
  }
  return { input: inputArgs(audioFrom, before), output };
};

/** Read ahead in ffmpeg, so that the encoder's threads have the next frame when they are done with one. */
const queuedBytes = 32 * 2 ** 20;
const queuedFrames = ({ width, height }: EncoderOptions): number =>
  Math.max(2, Math.min(8, Math.floor(queuedBytes / planesByteLength(width, height))));

/** `originTicks` of the source becomes time 0 of the output. */
export const encoderArgs = async (options: EncoderOptions, partial: string, originTicks: number): Promise<string[]> => {
  const { ffmpeg, timeBase, width, height, crf = usualQuality.crf, preset = usualQuality.preset } = options;
  const encoder = chooseEncoder(options.encoders ?? (await listEncoders(ffmpeg)), crf, preset);
  const base = encoderTimeBase(encoder.name, timeBase);
  const audio = await audioArgs(options, originTicks);
  const filters = [`settb=${base.num}/${base.den}`, `setparams=${colorParams(options)}`, 'setsar=1'];
  if (width % 2 === 1 || height % 2 === 1)
    filters.push('pad=ceil(iw/2)*2:ceil(ih/2)*2', `fillborders=right=${width % 2}:bottom=${height % 2}:mode=smear`);
  return [
    ...['-copyts', '-probesize', '32', '-analyzeduration', '0', '-thread_queue_size', String(queuedFrames(options))],
    ...['-f', 'matroska', '-i', 'pipe:0'],
    ...audio.input,
    ...['-map', '0:v:0', ...audio.output],
    ...['-filter:v', filters.join(','), '-pix_fmt', 'yuv420p', '-c:v', encoder.name, ...encoder.args],
    ...passthroughArgs,
    ...['-enc_time_base', `${base.num}:${base.den}`, '-video_track_timescale', String(base.den)],
    ...(options.keepsChapters === false ? ['-map_chapters', '-1'] : []),
    ...['-map_metadata', '-1', '-movflags', '+faststart', '-max_muxing_queue_size', '4096', '-f', 'mp4', '-y', fileUrl(partial)],
  ];
};
