/** Which frames a decoder puts out, with the time stamps it gives them, and what they are. */
import { passthroughArgs } from './ffmpeg-binary.ts';
import { inputArgs, runFfmpeg } from './ffmpeg-process.ts';
import { type FrameFacts, FrameFactsReader } from './frame-facts.ts';
import type { TimeBase } from './frame-index.ts';
import type { StderrLog } from './stderr-log.ts';
import { containerOf, FrameCrcReader, type StreamHeader } from './stream-info.ts';

export interface DecodeListing {
  /** Of each frame in ticks; null where the decoder knows no time. */
  ticks: (number | null)[];
  /** null when no frame came. */
  facts: FrameFacts | null;
  /** Demuxer names, comma-separated. */
  container: string;
  sound: StreamHeader | null;
  /** Of the first packet of sound, or null. */
  soundStartSec: number | null;
  stderr: StderrLog;
}

export interface DecodeListOptions {
  ffmpeg: string;
  path: string;
  /** Number among the video streams that are no covers. */
  stream: number;
  timeBase: TimeBase;
  /** Stop after so many frames; null = all. */
  most: number | null;
  signal?: AbortSignal | undefined;
  onFrame?: () => void;
}

/** Lists a packet of sound, where there is any; one of the picture goes along, since an output has to have a stream. */
const soundArgs = (stream: number): string[] => [
  ...['-map', `0:V:${stream}`, '-map', '0:a:0?', '-c', 'copy', '-frames:v', '1', '-frames:a', '1', '-f', 'framecrc'],
];

/** Facts are printed for so many frames. */
const frameFacts = 24;

/**
 * Decodes without handing out pictures. The times come from a filter, since every muxer makes them increase on its own.
 */
export const listDecoded = async (options: DecodeListOptions, withSound = true): Promise<DecodeListing> => {
  const { path, stream, timeBase, most, signal, ffmpeg } = options;
  const facts = new FrameFactsReader();
  const sound = new FrameCrcReader();
  const ticks: (number | null)[] = [];
  let soundStart: number | null = null;
  // Only so many frames pass showinfo; the times of all are printed.
  const graph = [
    `[0:V:${stream}]settb=${timeBase.num}/${timeBase.den},split[f][t]`,
    `[f]trim=end_frame=${frameFacts},${facts.filter},nullsink`,
    '[t]metadata=mode=add:key=sam2video:value=1,metadata=mode=print:key=sam2video:file=pipe\\\\:1[times]',
  ];
  const args = [
    ...inputArgs(path),
    ...['-copyts', '-filter_complex', graph.join(';'), '-map', '[times]', ...passthroughArgs],
    ...(most === null ? [] : ['-frames:v', String(most)]),
    ...['-f', 'null', '-'],
    ...(withSound ? [...soundArgs(stream), 'pipe:3'] : []),
  ];
  const { stderr } = await runFfmpeg(ffmpeg, args, {
    signal,
    extraPipes: withSound ? 1 : 0,
    onLine: (line) => {
      const time = /^frame:\d+\s+pts:\s*(\S+)/.exec(line)?.[1];
      if (time === undefined || (most !== null && ticks.length >= most)) return;
      ticks.push(/^-?\d+$/.test(time) ? Number(time) : null);
      options.onFrame?.();
    },
    onExtraLine: (line) => {
      const entry = sound.read(line);
      if (entry?.stream === 1) soundStart ??= entry.pts;
    },
    onLog: (line) => facts.read(line),
  });
  // A stream of sound that makes no sense keeps ffmpeg from starting at all.
  if (ticks.length === 0 && withSound && !signal?.aborted) return listDecoded(options, false);
  const header = sound.streams[1] ?? null;
  return {
    ticks,
    facts: facts.facts,
    container: containerOf(stderr),
    sound: header,
    soundStartSec: header && soundStart !== null ? (soundStart * header.timeBase.num) / header.timeBase.den : null,
    stderr,
  };
};
