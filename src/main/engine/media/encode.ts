/**
 * Writes an H.264 MP4 whose frames carry the times they are given: variable frame rate stays variable. Sound is copied
 * from the source where MP4 takes it. The file appears under its name only when it is whole.
 */

import { rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { plural } from '../../../shared/language.ts';
import { planesByteLength } from '../../../shared/wire.ts';
import { replaceFile } from '../../common/atomic-file.ts';
import { type EncoderOptions, encoderArgs } from './encoder-args.ts';
import { cancelled, type FfmpegChild, fileUrl, inputArgs, runFfmpeg, spawnFfmpeg } from './ffmpeg-process.ts';
import { matroskaFrameHeader, matroskaHeader } from './matroska-writer.ts';
import { createPartialFile, cutPartial, diskFull, unwritable } from './partial-file.ts';

export type { EncoderOptions } from './encoder-args.ts';

export interface Encoder {
  /**
   * Hands over one frame, and its buffer for good; resolves when the next may come, which is when the one before has
   * been taken: one is drawn while another is on its way. Times must ascend.
   * @throws AppError what went wrong with this frame or the one before
   */
  write(planes: Uint8Array, ptsTicks: number): Promise<void>;
  /**
   * Ends the file and gives it its name.
   * @param cutName another name for a film that ends before its range; its sound ends with the picture
   */
  finish(cutName?: string | null): Promise<void>;
  /** Gives up: kills the child, removes the partial file. Safe at any time. */
  abort(): Promise<void>;
}

const outOfSpace = /No space left on device|Disk quota exceeded/;

class Mp4Encoder implements Encoder {
  readonly #options: EncoderOptions;
  readonly #output: string;
  readonly #partial: string;
  #child: FfmpegChild | null = null;
  #originTicks = 0;
  #lastTicks = Number.NEGATIVE_INFINITY;
  #frames = 0;
  /** The frame that is on its way. */
  #sending: Promise<void> | null = null;
  #isOver = false;
  /** What ended it before its time. */
  #failure: AppError | null = null;
  /** The child has ended, or never began. */
  #isGone = false;
  /** Answers the write under way when the child goes before it does. */
  #giveUpWrite: (() => void) | null = null;
  readonly #onAbort = (): void => void this.abort();

  constructor(options: EncoderOptions, output: string, partial: string) {
    this.#options = options;
    this.#output = output;
    this.#partial = partial;
    // An abort between two calls must not leave the file behind.
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async write(planes: Uint8Array, ptsTicks: number): Promise<void> {
    if (this.#sending) await this.#sending;
    await this.#assertOpen();
    const { width, height, timeBase } = this.#options;
    if (planes.byteLength !== planesByteLength(width, height))
      throw await this.#fail(
        new AppError('internal', `A frame of ${width} x ${height} has ${planesByteLength(width, height)} bytes, not ${planes.byteLength}.`),
      );
    if (ptsTicks <= this.#lastTicks)
      throw await this.#fail(new AppError('internal', `Frame times must ascend: ${ptsTicks} after ${this.#lastTicks}.`));
    this.#lastTicks = ptsTicks;
    let child = this.#child;
    if (child === null) {
      try {
        child = await this.#start(ptsTicks);
      } catch (error) {
        throw await this.#fail(AppError.from(error));
      }
    }
    this.#sending = this.#send(child, matroskaFrameHeader(ptsTicks - this.#originTicks, planes.byteLength, timeBase), planes);
    // What fails is thrown by the next call.
    this.#sending.catch(() => {});
  }

  async finish(cutName: string | null = null): Promise<void> {
    if (this.#sending) await this.#sending;
    await this.#assertOpen();
    const child = this.#child;
    if (child === null || this.#frames === 0)
      throw await this.#fail(new AppError('encode-failed', `${this.#output} was not written: there was no frame to write.`));
    child.stdin?.end();
    const { code } = await child.exit;
    if (code !== 0) throw await this.#fail(await this.#exitError(child));
    if (cutName !== null && this.#options.audioFrom !== null) await this.#cutSound();
    this.#close();
    const output = cutName ?? this.#output;
    try {
      await replaceFile(this.#partial, output);
    } catch (error) {
      await rm(this.#partial, { force: true });
      throw unwritable(output, error);
    }
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    await this.#fail(cancelled());
  }

  /** ffmpeg has read the sound to the end of the range: what goes beyond the last picture is left out. */
  async #cutSound(): Promise<void> {
    const { timeBase, lastTicks = 1, ffmpeg, signal } = this.#options;
    const endSec = ((this.#lastTicks + lastTicks - this.#originTicks) * timeBase.num) / timeBase.den;
    const cut = cutPartial(this.#partial);
    const copied = ['-map', '0', '-c', 'copy', '-t', endSec.toFixed(6), '-video_track_timescale', String(timeBase.den)];
    const args = ['-copyts', ...inputArgs(this.#partial), ...copied, '-movflags', '+faststart', '-f', 'mp4', '-y', fileUrl(cut)];
    try {
      const { code, stderr } = await runFfmpeg(ffmpeg, args, { signal });
      if (stderr.has(outOfSpace)) throw diskFull(this.#output);
      if (code !== 0)
        throw new AppError('encode-failed', `The sound of ${this.#output} could not be cut: ${stderr.lastError()}. Export again.`);
      await replaceFile(cut, this.#partial);
    } catch (error) {
      await rm(cut, { force: true });
      throw await this.#fail(AppError.from(error));
    }
  }

  async #assertOpen(): Promise<void> {
    if (this.#options.signal?.aborted) throw await this.#fail(cancelled());
    if (this.#failure) throw this.#failure;
    if (this.#isOver) throw new AppError('encode-failed', `${this.#output} is already closed.`);
  }

  async #start(firstTicks: number): Promise<FfmpegChild> {
    const { timeBase, rangeMs, width, height, lastTicks, ffmpeg, signal } = this.#options;
    // Whole clips keep the source's own times. A part starts at 0; so does what MP4 can't hold (negative) or would show
    // as a long blank (recordings whose clock started hours ago).
    const firstSec = (firstTicks * timeBase.num) / timeBase.den;
    this.#originTicks = (rangeMs !== undefined && rangeMs.start > 0) || firstSec < 0 || firstSec > 10 ? firstTicks : 0;
    const args = await encoderArgs(this.#options, this.#partial, this.#originTicks);
    // abort() may have come meanwhile.
    if (this.#isOver) throw cancelled();
    const child = spawnFfmpeg(ffmpeg, { args, stdin: true, signal });
    this.#child = child;
    // One reaction for the whole file: a reaction a frame would hold every frame until the child ends.
    const gone = (): void => {
      this.#isGone = true;
      this.#giveUpWrite?.();
    };
    child.exit.then(gone, gone);
    this.#options.onSpawn?.(child.pid);
    child.stdout.resume();
    child.stdin?.write(matroskaHeader({ width, height }, timeBase, lastTicks ?? timeBase.den / timeBase.num / 25));
    return child;
  }

  /** Head and body go out together, and are not joined before: that would copy every frame. */
  async #send(child: FfmpegChild, head: Uint8Array, body: Uint8Array): Promise<void> {
    const { stdin } = child;
    const isSent = await new Promise<boolean>((settle) => {
      if (stdin === null || this.#isGone) {
        settle(false);
        return;
      }
      // A killed child may leave the write unanswered; its exit answers then.
      this.#giveUpWrite = () => settle(false);
      stdin.cork();
      stdin.write(head);
      stdin.write(body, (error) => settle(error === null || error === undefined));
      stdin.uncork();
    });
    this.#giveUpWrite = null;
    if (!isSent) throw await this.#fail(await this.#exitError(child));
    this.#frames++;
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
    if (child.stderr.has(outOfSpace)) return diskFull(this.#output);
    if (child.stderr.has(/partial-\d+\.mp4: (Permission denied|Read-only file system|No such file)/))
      return unwritable(this.#output, { code: 'EACCES' });
    const how = exit.signal === null ? `failed (${exit.code})` : `was killed (${exit.signal})`;
    return new AppError(
      'encode-failed',
      `Writing ${this.#output} stopped after ${plural(this.#frames, 'frame')}: ffmpeg ${how}: ${child.stderr.lastError()}. The partial file was removed; try the export again.`,
      { details: { path: this.#output, frames: this.#frames } },
    );
  }

  #close(): void {
    this.#isOver = true;
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
  }

  /** Ends everything and returns `error` for throwing. */
  async #fail(error: AppError): Promise<AppError> {
    this.#failure ??= error;
    this.#close();
    this.#child?.kill();
    await this.#child?.exit.catch(() => {});
    await rm(this.#partial, { force: true });
    return error;
  }
}

const isSameFile = async (a: string, b: string): Promise<boolean> => {
  try {
    const [first, second] = [await stat(a), await stat(b)];
    return first.ino === second.ino && first.dev === second.dev;
  } catch {
    return false;
  }
};

/** Checks that the output can be written and returns the encoder; ffmpeg starts with the first frame. */
export const openEncoder = async (options: EncoderOptions): Promise<Encoder> => {
  if (options.signal?.aborted) throw cancelled();
  const output = resolve(options.output);
  if (options.audioFrom !== null && (await isSameFile(output, options.audioFrom)))
    throw new AppError('output-unwritable', `${output} is the video being read and would be overwritten. Choose another name.`, {
      details: { path: output },
    });
  return new Mp4Encoder(options, output, await createPartialFile(output));
};
