/** One open clip: its facts, sequential decoding for tracking, and exact single frames for the viewer and for prompts. */
import { type DecodedFrame, decodeFrames, decodeFramesReverse } from '../media/decode.ts';
import type { FrameIndex } from '../media/frame-index.ts';
import { FrameReader } from '../media/frame-reader.ts';
import { type MediaInfo, probe } from '../media/probe.ts';
import type { EnginePlanes } from '../protocol.ts';

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
  readonly #modelFrames = new Map<number, Uint8Array>();
  #reader: { reader: FrameReader; width: number; height: number } | null = null;

  private constructor(media: MediaInfo, index: FrameIndex, ffmpeg: string) {
    this.media = media;
    this.index = index;
    this.#ffmpeg = ffmpeg;
  }

  static async open(path: string, ffmpeg: string, signal?: AbortSignal): Promise<MediaSource> {
    const { info, index } = await probe(path, { ffmpeg, signal });
    return new MediaSource(info, index, ffmpeg);
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

  /** Planes of one frame. A newer request makes an older one end with `cancelled`. */
  async readFrame(frame: number, maxWidth: number, maxHeight: number): Promise<EnginePlanes> {
    this.index.ptsTicks(frame);
    const size = fitSize(this.media, maxWidth, maxHeight);
    if (this.#reader?.width !== size.width || this.#reader.height !== size.height) {
      this.#reader?.reader.close();
      this.#reader = { reader: new FrameReader({ ...this.#common(), display: size }), ...size };
    }
    const planes = await this.#reader.reader.get(frame);
    // The reader keeps its copy; what leaves here may be transferred.
    return { ...size, planes: planes.slice() };
  }

  /** The model's view of one frame, size x size x 3 RGB; the last few are kept, since prompts come several to a frame. */
  async modelFrame(frame: number, size: number): Promise<Uint8Array> {
    this.index.ptsTicks(frame);
    const kept = this.#modelFrames.get(frame);
    // After a change of model a kept one may have the former's size.
    if (kept?.length === size * size * 3) return kept;
    for await (const decoded of decodeFrames({ ...this.#common(), start: frame, end: frame, display: null, model: { size } })) {
      this.#modelFrames.set(frame, decoded.model!);
      if (this.#modelFrames.size > keptModelFrames) this.#modelFrames.delete(this.#modelFrames.keys().next().value!);
      return decoded.model!;
    }
    throw new Error('unreachable: the decoder ended without a frame');
  }

  close(): void {
    this.#reader?.reader.close();
    this.#reader = null;
    this.#modelFrames.clear();
  }

  #common(): { path: string; info: MediaInfo; index: FrameIndex; ffmpeg: string } {
    return { path: this.media.path, info: this.media, index: this.index, ffmpeg: this.#ffmpeg };
  }
}
