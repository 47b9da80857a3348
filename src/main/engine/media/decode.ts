/**
 * Frames of a clip for display and for the model, decoded once: planes for the screen, RGB at the model's size.
 */
import { planesByteLength } from '../../../shared/wire.ts';
import type { FrameIndex } from './frame-index.ts';
import { displayFilter, rgbFilter } from './picture-form.ts';
import type { MediaInfo } from './probe.ts';
import { decodeRaw, type RawDecodeOptions, type RawOutput } from './raw-decode.ts';

export interface DecodeOptions {
  path: string;
  index: FrameIndex;
  info: MediaInfo;
  /** First and last frame, inclusive. */
  start: number;
  end: number;
  /** Size of the planes in pixels; any size, the aspect is the caller's. */
  display: { width: number; height: number } | null;
  /** Side of the square model frame in pixels; the picture is stretched to it. */
  model: { size: number } | null;
  ffmpeg: string;
  signal?: AbortSignal | undefined;
  onSpawn?: (pid: number | undefined) => void;
}

export interface DecodedFrame {
  frame: number;
  /** After the first frame of the clip. */
  timeMs: number;
  /** Y, U, V (4:2:0, chroma sizes rounded up), tightly packed, in the matrix and range that MediaInfo names. */
  display: Uint8Array | null;
  /** RGB, 8 bits each, rows from the top: size x size x 3. */
  model: Uint8Array | null;
}

const rawOptions = (options: DecodeOptions): RawDecodeOptions => {
  const { display, model, info, ...rest } = options;
  const outputs: RawOutput[] = [];
  if (display !== null)
    outputs.push({ filter: displayFilter(info, display), bytesPerFrame: planesByteLength(display.width, display.height) });
  if (model !== null)
    outputs.push({ filter: rgbFilter(info, { width: model.size, height: model.size }), bytesPerFrame: model.size * model.size * 3 });
  return { ...rest, info, outputs };
};

/** Frames start..end, each once, in order. The buffers belong to the receiver and can be transferred. */
export async function* decodeFrames(options: DecodeOptions): AsyncGenerator<DecodedFrame, void, undefined> {
  for await (const { frame, buffers } of decodeRaw(rawOptions(options))) {
    const display = options.display === null ? null : (buffers[0] ?? null);
    const model = options.model === null ? null : (buffers[options.display === null ? 0 : 1] ?? null);
    yield { frame, timeMs: options.index.timeMs(frame), display, model };
  }
}

/** How many frames backward decoding holds at once. */
const reverseChunk = 32;

/** Frames end..start, backwards: chunks are decoded forwards and handed out from their end. */
export async function* decodeFramesReverse(options: DecodeOptions & { chunk?: number }): AsyncGenerator<DecodedFrame, void, undefined> {
  const { chunk = reverseChunk, ...forward } = options;
  for (let last = options.end; last >= options.start; last -= chunk) {
    const first = Math.max(options.start, last - chunk + 1);
    const frames: DecodedFrame[] = [];
    for await (const frame of decodeFrames({ ...forward, start: first, end: last })) frames.push(frame);
    while (frames.length > 0) yield frames.pop() as DecodedFrame;
  }
}
