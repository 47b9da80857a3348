/**
 * Makes a clip of what is no seekable file: a folder of pictures, a network address, a recording without an index.
 * Packets are copied into a file with an index, which appears under its name only when it is whole.
 */
import { rm, stat } from 'node:fs/promises';
import { AppError } from '../../../shared/errors.ts';
import type { FrameRate } from '../../../shared/frame-rate.ts';
import { addressErrorOf } from '../../common/address-error.ts';
import { isNetworkAddress } from '../../common/addresses.ts';
import { replaceFile } from '../../common/atomic-file.ts';
import { cancelled, type FfmpegChild, inputArgs, interrupt, interruptible, spawnFfmpeg } from './ffmpeg-process.ts';
import { isWebAddress, networkInput, oneRendition, recordedMaps, worldClock } from './network-source.ts';
import { writePictureClip } from './pictures/picture-folder.ts';
import { eachLine } from './text-lines.ts';

export type ImportSource =
  | { kind: 'images'; folder: string; rate: FrameRate }
  | { kind: 'network'; url: string; isClockless?: boolean | undefined }
  | { kind: 'recording'; path: string };

export interface ImportOptions {
  ffmpeg: string;
  /** Gives up; nothing stays. */
  signal: AbortSignal;
  /** Ends an endless source; what came until then is the clip. */
  finish: AbortSignal;
  /** Frames of a folder (`total` is known), else ms of the clip (`total` 0). */
  onProgress(done: number, total: number): void;
}

const copyArgs = (output: string, isRendition: boolean): string[] => [
  ...(isRendition ? oneRendition : recordedMaps),
  ...['-c', 'copy', '-progress', 'pipe:1', '-f', 'matroska', '-y', `file:${output}`],
  // Its end breaks with the app, which ends ffmpeg at its next packet: nothing is recorded for an app that was killed.
  ...(isRendition ? ['-an', ...oneRendition] : ['-map', '0:V']),
  ...['-c', 'copy', '-flush_packets', '1', '-f', 'framecrc', 'pipe:3'],
];

/** A file of less holds no picture. */
const leastBytes = 4096;

/** How long ffmpeg may take to end by itself, ms. */
const patienceMs = 3_000;

const brokenOff = /ends prematurely|ended prematurely|Connection reset|Input\/output error/i;
const microseconds = /^out_time_us=(\d+)$/;

const watchProgress = (child: FfmpegChild, onMs: (ms: number) => void): void => {
  eachLine(child.stdout, (line) => {
    const match = microseconds.exec(line);
    if (match) onMs(Number(match[1]) / 1000);
  });
};

/**
 * @param from stdin: where the packets are, for ffmpeg alone to read; isRendition: of several pictures, one is enough
 * @returns what ended it, null for a proper end; isCut: the file lacks its index
 */
const copyPackets = async (
  args: string[],
  output: string,
  options: ImportOptions,
  from: { stdin: string | null; isRendition: boolean } = { stdin: null, isRendition: false },
): Promise<{ said: string | null; isCut: boolean }> => {
  const { ffmpeg, signal, finish, onProgress } = options;
  const { stdin, isRendition } = from;
  const child = spawnFfmpeg(ffmpeg, {
    args: [...interruptible, ...args, ...copyArgs(output, isRendition)],
    extraPipes: 1,
    stdin: stdin !== null,
    signal,
  });
  child.pipes[0]?.resume();
  if (stdin !== null) child.stdin?.end(stdin);
  let isCut = false;
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    isCut = !interrupt(child);
    timer = setTimeout(() => {
      isCut = true;
      interrupt(child);
    }, patienceMs);
  };
  finish.addEventListener('abort', end, { once: true });
  if (finish.aborted) end();
  try {
    watchProgress(child, (ms) => onProgress(ms, 0));
    const { code } = await child.exit;
    if (signal.aborted) throw cancelled();
    if (finish.aborted) return { said: null, isCut };
    // A connection that breaks off may count as a proper end for ffmpeg.
    const isWhole = code === 0 && !child.stderr.has(brokenOff);
    return { said: isWhole ? null : child.stderr.lastError(), isCut: !isWhole };
  } finally {
    clearTimeout(timer);
    finish.removeEventListener('abort', end);
  }
};

const bytesIn = async (path: string): Promise<number> => (await stat(path).catch(() => null))?.size ?? 0;

/**
 * @returns why the source ended early, when it did: what came until then is in the file
 * @throws AppError `source-*` when nothing of it could be had, `cancelled`, `disk-full`
 */
export const importMedia = async (source: ImportSource, output: string, options: ImportOptions): Promise<{ endedEarly: string | null }> => {
  const partial = `${output}.partial`;
  try {
    let said: string | null = null;
    let isCut = false;
    if (source.kind === 'images') {
      await writePictureClip(source.folder, partial, {
        ffmpeg: options.ffmpeg,
        rate: source.rate,
        signal: options.signal,
        onPicture: options.onProgress,
      });
    } else if (source.kind === 'network') {
      if (!isNetworkAddress(source.url))
        throw new AppError(
          'not-allowed',
          'This kind of address is not supported. Use http, https, rtsp, rtmp or srt, or a path for a file.',
        );
      const { args, stdin } = networkInput(source.url, source.isClockless ? worldClock : {});
      ({ said, isCut } = await copyPackets(args, partial, options, { stdin, isRendition: isWebAddress(source.url) }));
      if (!options.finish.aborted && (await bytesIn(partial)) < leastBytes) throw addressErrorOf(source.url, said ?? 'nothing came');
    } else ({ said, isCut } = await copyPackets(inputArgs(source.path), partial, options));
    if (said !== null && /No space left/i.test(said))
      throw new AppError('disk-full', `The disk is full: ${output} could not be written. Free some space and try again.`);
    // A recording may end anywhere, like a stream: what came until then is the clip.
    if (said !== null && source.kind === 'recording' && (await bytesIn(partial)) < leastBytes)
      throw new AppError('source-unreadable', `The recording could not be read: ${said}. Check that it opens in a player.`);
    if ((await bytesIn(partial)) === 0)
      throw new AppError('source-empty', 'It was stopped before any video arrived. Try again and wait for the first picture.');
    if (isCut) {
      // A second pass over the file writes it.
      const whole = `${partial}.whole`;
      await copyPackets(inputArgs(partial), whole, { ...options, finish: new AbortController().signal, onProgress: () => {} });
      await replaceFile(whole, partial);
    }
    await replaceFile(partial, output);
    return { endedEarly: said };
  } finally {
    for (const path of [partial, `${partial}.whole`]) await rm(path, { force: true });
  }
};
