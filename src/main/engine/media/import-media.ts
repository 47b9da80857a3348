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
import { cancelled, type FfmpegChild, inputArgs, spawnFfmpeg } from './ffmpeg-process.ts';
import { networkInput, worldClock } from './network-source.ts';
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

/** Pictures, first sound; data and subtitles stay behind. */
const copyArgs = (output: string): string[] => [
  '-map',
  '0:V:0',
  '-map',
  '0:a:0?',
  '-c',
  'copy',
  '-progress',
  'pipe:1',
  '-f',
  'matroska',
  '-y',
  `file:${output}`,
  // Its end breaks with the app, which ends ffmpeg at its next packet: nothing is recorded for an app that was killed.
  ...['-map', '0:V:0', '-c', 'copy', '-flush_packets', '1', '-f', 'framecrc', 'pipe:3'],
];

/** A file of less holds no picture. */
const leastBytes = 4096;

const brokenOff = /ends prematurely|ended prematurely|Connection reset|Input\/output error/i;
const microseconds = /^out_time_us=(\d+)$/;

const watchProgress = (child: FfmpegChild, onMs: (ms: number) => void): void => {
  eachLine(child.stdout, (line) => {
    const match = microseconds.exec(line);
    if (match) onMs(Number(match[1]) / 1000);
  });
};

/**
 * @param address where the packets are, for ffmpeg alone to read
 * @returns what ended it, null for a proper end
 */
const copyPackets = async (
  args: string[],
  output: string,
  options: ImportOptions,
  address: string | null = null,
): Promise<string | null> => {
  const { ffmpeg, signal, finish, onProgress } = options;
  const stdin = address !== null;
  const child = spawnFfmpeg(ffmpeg, { args: [...args, ...copyArgs(output)], extraPipes: 1, stdin, signal });
  child.pipes[0]?.resume();
  if (address !== null) child.stdin?.end(address);
  const end = (): void => {
    // It then writes the index and ends by itself; where there is no such signal the index is made by a second pass.
    if (child.pid !== undefined && process.platform !== 'win32') process.kill(child.pid, 'SIGINT');
    else child.kill();
  };
  finish.addEventListener('abort', end, { once: true });
  if (finish.aborted) end();
  try {
    watchProgress(child, (ms) => onProgress(ms, 0));
    const { code } = await child.exit;
    if (signal.aborted) throw cancelled();
    if (finish.aborted) return null;
    // A connection that breaks off may count as a proper end for ffmpeg.
    return code === 0 && !child.stderr.has(brokenOff) ? null : child.stderr.lastError();
  } finally {
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
    let said: string | null;
    if (source.kind === 'images') {
      await writePictureClip(source.folder, partial, {
        ffmpeg: options.ffmpeg,
        rate: source.rate,
        signal: options.signal,
        onPicture: options.onProgress,
      });
      said = null;
    } else if (source.kind === 'network') {
      if (!isNetworkAddress(source.url))
        throw new AppError(
          'not-allowed',
          'This kind of address is not supported. Use http, https, rtsp, rtmp or srt, or a path for a file.',
        );
      const { args, stdin } = networkInput(source.url, source.isClockless ? worldClock : {});
      said = await copyPackets(args, partial, options, stdin);
      if (!options.finish.aborted && (await bytesIn(partial)) < leastBytes) throw addressErrorOf(source.url, said ?? 'nothing came');
    } else said = await copyPackets(inputArgs(source.path), partial, options);
    if (said !== null && /No space left/i.test(said))
      throw new AppError('disk-full', `The disk is full: ${output} could not be written. Free some space and try again.`);
    // A recording may end anywhere, like a stream: what came until then is the clip.
    if (said !== null && source.kind === 'recording' && (await bytesIn(partial)) < leastBytes)
      throw new AppError('source-unreadable', `The recording could not be read: ${said}. Check that it opens in a player.`);
    if ((await bytesIn(partial)) === 0)
      throw new AppError('source-empty', 'It was stopped before any video arrived. Try again and wait for the first picture.');
    if (said !== null || (options.finish.aborted && process.platform === 'win32')) {
      // Cut off without its index: a second pass over the file writes it.
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
