/**
 * Exact single frames for the viewer: a scrub, a step, a click. One decoder at most runs; it is kept waiting behind the
 * frame last shown, so that stepping forward costs one frame, and decoded neighbours stay in a cache bounded in bytes.
 *
 * Only the newest request counts: an older one that is still unanswered ends with `cancelled`.
 */
import { AppError } from '../../../shared/errors.ts';
import { type DecodedFrame, decodeFrames } from './decode.ts';
import { cancelled } from './ffmpeg-process.ts';
import type { FrameIndex } from './frame-index.ts';
import type { MediaInfo } from './probe.ts';

export interface FrameReaderOptions {
  path: string;
  index: FrameIndex;
  info: MediaInfo;
  /** Size of the planes in pixels. */
  display: { width: number; height: number };
  ffmpeg: string;
  /** Most bytes of decoded frames kept. */
  maxBytes?: number;
  /** Frames decoded ahead of the last one asked for. */
  ahead?: number;
  onSpawn?: (pid: number | undefined) => void;
}

interface Request {
  frame: number;
  resolve: (planes: Uint8Array) => void;
  reject: (error: AppError) => void;
}

/** A jump forward this far is decoded through instead of seeking: a seek costs about as much. */
const decodeThrough = 24;
/** Frames decoded before the wanted one when stepping backwards, so that the next steps back are in the cache. */
const behind = 12;

export class FrameReader {
  readonly #options: FrameReaderOptions;
  #maxBytes: number;
  readonly #ahead: number;
  /** In order of use: the first key is the least recently used. */
  readonly #cache = new Map<number, Uint8Array>();
  #cachedBytes = 0;
  #request: Request | null = null;
  #running: { frames: AsyncGenerator<DecodedFrame, void, undefined>; next: number; abort: AbortController } | null = null;
  #lastWanted = -1;
  #isPumping = false;
  #isClosed = false;

  constructor(options: FrameReaderOptions) {
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? 96 * 1024 * 1024;
    this.#ahead = options.ahead ?? 4;
  }

  /** Planes of one frame. They stay the reader's: copy before transferring or changing them. */
  get(frame: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) throw cancelled();
      this.#options.index.ptsTicks(frame);
      this.#request?.reject(cancelled());
      this.#request = null;
      const cached = this.#use(frame);
      if (cached !== undefined) {
        this.#lastWanted = frame;
        resolve(cached);
        return;
      }
      this.#request = { frame, resolve, reject };
      // A decoder on its way to somewhere else would only be in the way.
      if (this.#running !== null && !this.#isReachable(frame)) this.#running.abort.abort();
      void this.#pump();
    });
  }

  /** Changes how much is kept; what is too much goes at once. */
  set maxBytes(bytes: number) {
    this.#maxBytes = bytes;
    this.#trim();
  }

  /** A request is open. */
  get isBusy(): boolean {
    return this.#request !== null;
  }

  /** Bytes held now; never more than maxBytes and one frame. */
  get cachedBytes(): number {
    return this.#cachedBytes;
  }

  /** Ends the decoder and every open request. */
  close(): void {
    this.#isClosed = true;
    this.#request?.reject(cancelled());
    this.#request = null;
    this.#running?.abort.abort();
    this.#running = null;
    this.#cache.clear();
    this.#cachedBytes = 0;
  }

  #isReachable(frame: number): boolean {
    const next = this.#running?.next ?? -1;
    return next >= 0 && frame >= next && frame <= next + decodeThrough;
  }

  #use(frame: number): Uint8Array | undefined {
    const planes = this.#cache.get(frame);
    if (planes === undefined) return undefined;
    this.#cache.delete(frame);
    this.#cache.set(frame, planes);
    return planes;
  }

  #keep(frame: number, planes: Uint8Array): void {
    const old = this.#cache.get(frame);
    if (old !== undefined) this.#cachedBytes -= old.byteLength;
    this.#cache.delete(frame);
    this.#cache.set(frame, planes);
    this.#cachedBytes += planes.byteLength;
    this.#trim(frame);
  }

  #trim(newest = -1): void {
    for (const [key, value] of this.#cache) {
      if (this.#cachedBytes <= this.#maxBytes || key === newest) break;
      this.#cache.delete(key);
      this.#cachedBytes -= value.byteLength;
    }
  }

  /** Serves requests until there is none and the frames ahead are decoded. Never runs twice at once. */
  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (!this.#isClosed) {
      const request = this.#request;
      if (request === null && !this.#wantsAhead()) break;
      try {
        await this.#advance(request);
      } catch (error) {
        this.#running = null;
        // An abort came from a newer request (or close), which is served next.
        const failure = AppError.from(error);
        if (failure.code === 'cancelled' && this.#request !== null) continue;
        if (this.#request !== null && this.#request === request) {
          this.#request = null;
          request.reject(failure);
        }
      }
    }
    this.#isPumping = false;
  }

  #wantsAhead(): boolean {
    const running = this.#running;
    return (
      running !== null && running.next > this.#lastWanted && running.next <= this.#lastWanted + this.#ahead && this.#hasMore(running.next)
    );
  }

  #hasMore(frame: number): boolean {
    return frame < this.#options.index.length;
  }

  /** One step: starts a decoder where needed, takes one frame from it, and answers the request if that was it. */
  async #advance(request: Request | null): Promise<void> {
    if (request !== null && (this.#running === null || !this.#isReachable(request.frame))) {
      await this.#stop();
      if (this.#isClosed) return;
      this.#start(request.frame);
    }
    const running = this.#running;
    if (running === null) return;
    const { value } = await running.frames.next();
    if (this.#isClosed || running.abort.signal.aborted) throw cancelled();
    if (!value) {
      this.#running = null;
      return;
    }
    running.next = value.frame + 1;
    if (value.display === null) return;
    this.#keep(value.frame, value.display);
    // The request may have been replaced while this frame was on its way.
    if (this.#request?.frame === value.frame) {
      const { resolve } = this.#request;
      this.#request = null;
      this.#lastWanted = value.frame;
      resolve(value.display);
    }
  }

  #start(frame: number): void {
    const { path, index, info, display, ffmpeg, onSpawn } = this.#options;
    const isSteppingBack = frame < this.#lastWanted && frame >= this.#lastWanted - 2 * behind;
    const start = isSteppingBack ? Math.max(0, frame - behind) : frame;
    const abort = new AbortController();
    const frames = decodeFrames({
      ...{ path, index, info, display, ffmpeg, start, end: index.length - 1, model: null, signal: abort.signal },
      ...(onSpawn === undefined ? {} : { onSpawn }),
    });
    this.#running = { frames, next: start, abort };
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    if (running === null) return;
    running.abort.abort();
    await running.frames.return();
  }
}
