/**
 * One connection to a live source: its bytes go into a file of the recording as they come, and through a decoder. The
 * file is written first, so that everything that was shown is in it.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '../../../shared/errors.ts';
import type { PlayedSource } from '../../../shared/live.ts';
import { withoutSecrets } from '../../common/shown-address.ts';
import { listEncoders } from '../media/ffmpeg-binary.ts';
import { type FfmpegChild, interrupt, interruptible, spawnFfmpeg } from '../media/ffmpeg-process.ts';
import { isClockless, type NetworkInput, worldClock } from '../media/network-source.ts';
import { cameToItsEnd } from '../media/own-end.ts';
import { containerOf } from '../media/stream-info.ts';
import { LiveDecoder, type LiveDecoderOptions } from './live-decoder.ts';
import { cameraInputArgs, encodeArgs, fileInput, inputError, liveInput } from './live-input.ts';

export interface ConnectionOptions extends Omit<LiveDecoderOptions, 'onFailed'> {
  source: PlayedSource;
  /** The file of the recording. */
  path: string;
  /** Stands in for a camera in tests: ffmpeg's arguments up to and with `-i`. */
  cameraArgs?: ((deviceId: string) => string[]) | undefined;
  onBytes: (count: number) => void;
  /** It ended by itself: null = the source came to its own end. Never after {@link LiveConnection.close}. */
  onEnd: (error: AppError | null) => void;
}

/** How long ffmpeg may take to write what it has, ms. */
const endMs = 3_000;

const writeError = (path: string, cause: unknown): AppError =>
  (cause as NodeJS.ErrnoException).code === 'ENOSPC'
    ? new AppError('disk-full', `The disk is full: ${path} could not be written further. The part recorded so far is kept.`, { cause })
    : new AppError('output-unwritable', `${path} could not be written (${(cause as Error).message}). The part recorded so far is kept.`, {
        cause,
      });

export class LiveConnection {
  readonly #options: ConnectionOptions;
  readonly #decoder: LiveDecoder;
  #file: FileHandle | null = null;
  #child: FfmpegChild | null = null;
  #running: Promise<void>;
  #writing: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();
  #hasEnded = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#decoder = new LiveDecoder({ ...options, onFailed: (error) => this.#end(error) });
    this.#running = this.#run().catch((error: unknown) => this.#end(AppError.from(error)));
  }

  /** The next bytes of a source that is a window. Resolves when they are in the file. */
  push(data: Buffer): Promise<void> {
    const write = this.#running.then(() => this.#write(data));
    this.#writing = write.catch((error: unknown) => this.#end(AppError.from(error)));
    return write;
  }

  /** Ends it; resolves when the file is whole and all of it that came has been decoded, or is given up. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    const child = this.#child;
    if (child) {
      // It writes what it still holds, and ends.
      interrupt(child);
    }
    await within(endMs, this.#running, () => child?.kill());
    await this.#writing;
    await within(endMs, this.#decoder.end(), () => this.#decoder.close());
    await this.#file?.close().catch(() => {});
    this.#file = null;
  }

  async #run(): Promise<void> {
    const { source, path, ffmpeg } = this.#options;
    this.#file = await open(path, 'w');
    if (source.kind === 'window' || this.#closing.signal.aborted) return;
    let child = await this.#start(source);
    // Known before a byte of the recording comes.
    if (source.kind === 'network') {
      await child.stderr.seen(/^\[info\] Input #0, /);
      if (isClockless(containerOf(child.stderr)) && !this.#closing.signal.aborted) {
        child.kill();
        await child.exit;
        child = await this.#start(source, worldClock);
      }
    }
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) await this.#write(chunk);
    const { code } = await child.exit;
    const said = withoutSecrets(child.stderr.lastError());
    if (code !== 0) this.#end(inputError(source, said));
    else if (source.kind === 'file') this.#end(null);
    else if (source.kind === 'network' && (await cameToItsEnd(ffmpeg, source.url, child.stderr, this.#closing.signal))) this.#end(null);
    else this.#end(inputError(source, 'the connection was closed'));
  }

  async #start(source: Exclude<PlayedSource, { kind: 'window' }>, clock = {}): Promise<FfmpegChild> {
    const { args, stdin } = await this.#inputOf(source, clock);
    const child = spawnFfmpeg(this.#options.ffmpeg, { args: [...interruptible, ...args], stdin: stdin !== null });
    this.#child = child;
    if (stdin !== null) child.stdin?.end(stdin);
    return child;
  }

  async #inputOf(source: Exclude<PlayedSource, { kind: 'window' }>, clock: Readonly<Record<string, string>>): Promise<NetworkInput> {
    if (source.kind === 'network') return liveInput(source.url, clock);
    if (source.kind === 'file') return fileInput(source.path, source.repeats);
    return { args: await this.#cameraArgs(source.deviceId), stdin: null };
  }

  async #cameraArgs(deviceId: string): Promise<string[]> {
    const { ffmpeg, cameraArgs = (id: string) => cameraInputArgs(id, process.platform) } = this.#options;
    return [...cameraArgs(deviceId), ...encodeArgs(await listEncoders(ffmpeg))];
  }

  async #write(data: Buffer): Promise<void> {
    if (!this.#file) return;
    try {
      for (let at = 0; at < data.length; ) at += (await this.#file.write(data, at, data.length - at)).bytesWritten;
    } catch (cause) {
      throw writeError(this.#options.path, cause);
    }
    this.#options.onBytes(data.length);
    this.#decoder.feed(data);
  }

  #end(error: AppError | null): void {
    if (this.#closing.signal.aborted || this.#hasEnded) return;
    this.#hasEnded = true;
    this.#options.onEnd(error);
  }
}

/** Waits for `work`, and no longer than `ms`; what holds it up is then cut off. */
const within = async (ms: number, work: Promise<unknown>, cutOff: () => void): Promise<void> => {
  const timer = setTimeout(cutOff, ms);
  try {
    await work;
  } catch {
    // What was wrong with it was told.
  } finally {
    clearTimeout(timer);
  }
};
