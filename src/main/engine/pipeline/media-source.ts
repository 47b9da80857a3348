/**
 * One open clip: its facts, sequential decoding for tracking, and exact single frames for the viewer and for prompts.
 */

import type { EnginePlanes } from '../api/protocol.ts';
import { type DecodedFrame, decodeFrames, decodeFramesReverse } from '../media/decode.ts';
import type { FrameIndex } from '../media/frame-index.ts';
import { measureEncoding } from '../media/measure-encoding.ts';
import { type MediaInfo, type ProbeOptions, probe } from '../media/probe.ts';
import { PictureReaders, type ReaderUse } from './picture-readers.ts';

const keptModelFrames = 8;

/** The largest even size of the clip's shape within the bounds, never larger than the clip. */
export const fitSize = (
  source: { width: number; height: number },
  maxWidth: number,
  maxHeight: number,
): { width: number; height: number } => {
  const scale = Math.min(1, maxWidth / source.width, maxHeight / source.height);
  const even = (value: number): number => Math.max(2, Math.round((value * scale) / 2) * 2);
  return scale === 1 ? { width: source.width, height: source.height } : { width: even(source.width), height: even(source.height) };
};

export class MediaSource {
  readonly media: MediaInfo;
  readonly index: FrameIndex;
  readonly #ffmpeg: string;
  readonly #modelFrames = new Map<number, { size: number; image: Promise<Uint8Array> }>();
  readonly #readers: PictureReaders;

  private constructor(media: MediaInfo, index: FrameIndex, ffmpeg: string) {
    this.media = media;
    this.index = index;
    this.#ffmpeg = ffmpeg;
    this.#readers = new PictureReaders(this.#common());
  }

  /**
   * @param modelSize side of the model's input, if it is known by then: the first frame, where the first prompt is
   *   likely to be, is decoded at once
   * @throws AppError `source-*` for what can't be opened as a video, `cancelled`
   */
  static async open(
    path: string,
    ffmpeg: string,
    modelSize: () => number | null = () => null,
    watched: Pick<ProbeOptions, 'signal' | 'onProgress' | 'stream' | 'deinterlace'> = {},
  ): Promise<MediaSource> {
    const { info, index } = await probe(path, { ffmpeg, ...watched });
    const source = new MediaSource(info, index, ffmpeg);
    const size = modelSize();
    if (size !== null) source.modelFrame(0, size).catch(() => {});
    return source;
  }

  decode(options: {
    start: number;
    end: number;
    reverse: boolean;
    display: { width: number; height: number } | null;
    modelSize: number;
    signal: AbortSignal;
  }): AsyncIterable<DecodedFrame> {
    const common = { ...this.#common(), display: options.display, model: { size: options.modelSize }, signal: options.signal };
    return options.reverse
      ? decodeFramesReverse({ ...common, start: options.end, end: options.start })
      : decodeFrames({ ...common, start: options.start, end: options.end });
  }

  /** Frames at the clip's own size, for export. */
  decodeFull(start: number, end: number, signal: AbortSignal): AsyncIterable<DecodedFrame> {
    const { width, height } = this.media;
    return decodeFrames({ ...this.#common(), start, end, display: { width, height }, model: null, signal });
  }

  /** Bytes that an annotated video of these frames will have; null when that can't be said. */
  measureEncoding(start: number, end: number, signal: AbortSignal): Promise<number | null> {
    return measureEncoding({ info: this.media, index: this.index, ffmpeg: this.#ffmpeg, start, end, signal });
  }

  /**
   * Planes of one frame. A newer request of the same viewer and kind (picture or thumbnail) makes an older one end with
   * `cancelled`.
   */
  async readFrame(frame: number, maxWidth: number, maxHeight: number, viewer: number, use: ReaderUse = 'view'): Promise<EnginePlanes> {
    this.index.ptsTicks(frame);
    return this.#readers.read(frame, fitSize(this.media, maxWidth, maxHeight), viewer, use);
  }

  /** A viewer is gone: what was kept for it goes too. */
  forgetViewer(viewer: number): void {
    this.#readers.forget(viewer);
  }

  /**
   * The model's view of one frame, size x size x 3 RGB; the last few are kept, since prompts come several to a frame.
   */
  async modelFrame(frame: number, size: number): Promise<Uint8Array> {
    this.index.ptsTicks(frame);
    const kept = this.#modelFrames.get(frame);
    // After a change of model a kept one may have the former's size.
    if (kept?.size === size) return kept.image;
    const entry = { size, image: this.#decodeModelFrame(frame, size) };
    this.#modelFrames.set(frame, entry);
    if (this.#modelFrames.size > keptModelFrames) this.#modelFrames.delete(this.#modelFrames.keys().next().value!);
    try {
      return await entry.image;
    } catch (error) {
      if (this.#modelFrames.get(frame) === entry) this.#modelFrames.delete(frame);
      throw error;
    }
  }

  async #decodeModelFrame(frame: number, size: number): Promise<Uint8Array> {
    for await (const decoded of decodeFrames({ ...this.#common(), start: frame, end: frame, display: null, model: { size } }))
      return decoded.model!;
    throw new Error('unreachable: the decoder ended without a frame');
  }

  close(): void {
    this.#readers.close();
    this.#modelFrames.clear();
  }

  #common(): { path: string; info: MediaInfo; index: FrameIndex; ffmpeg: string } {
    return { path: this.media.path, info: this.media, index: this.index, ffmpeg: this.#ffmpeg };
  }
}
