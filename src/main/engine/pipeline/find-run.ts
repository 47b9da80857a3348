/**
 * Finds objects in a stretch of a clip, forward: every frame is tracked, every so many frames are looked at as a whole.
 * What a track gave before it was confirmed is kept back until then.
 */
import { decodeRle, expandCounts } from '../../../shared/rle.ts';
import type { FoundFrameEvent } from '../api/protocol.ts';
import type { MaskFeed } from '../export/mask-feed.ts';
import { type FindAnswer, FoundFrames } from './found-frames.ts';
import type { MediaSource } from './media-source.ts';

export interface FindRunOptions {
  source: Pick<MediaSource, 'decode' | 'index' | 'media'>;
  from: number;
  to: number;
  /** Frames from one look to the next. */
  interval: number;
  /** Most prompts of a look. */
  budget: number;
  modelSize: number;
  logitSize: number;
  signal: AbortSignal;
  /** Masks of the user's objects; null where there are none. */
  others: MaskFeed | null;
  find: (frame: number, timeMs: number, image: Uint8Array, budget: number, others: Uint8Array[]) => Promise<FindAnswer>;
  onFrame: (event: Omit<FoundFrameEvent, 'runId'>) => Promise<void>;
}

/** Frames at the worker: the one it works on, and the next. */
const inFlight = 2;

/** A mask of the source's size on the logit grid: a cell is set where the pixel at its centre is. */
const onGrid = (counts: string, { width, height }: { width: number; height: number }, size: number): Uint8Array => {
  const mask = decodeRle({ size: [height, width], counts: expandCounts(counts) });
  return Uint8Array.from({ length: size * size }, (_, cell) => {
    const x = Math.min(width - 1, Math.floor((((cell % size) + 0.5) / size) * width));
    const y = Math.min(height - 1, Math.floor(((Math.floor(cell / size) + 0.5) / size) * height));
    return mask[y * width + x]!;
  });
};

/** @throws AppError `cancelled` when the signal fires; what was told stays valid */
export const runFind = async (options: FindRunOptions): Promise<void> => {
  const { source, from, to, interval, signal, modelSize, logitSize } = options;
  const total = to - from + 1;
  const found = new FoundFrames(source.media);
  let done = 0;

  const tell = async (frame: number, answer: FindAnswer): Promise<void> => {
    const told = found.take(frame, answer);
    done++;
    await options.onFrame({ frame, done, total, ...told });
  };

  const waiting: Promise<void>[] = [];
  let last: Promise<void> = Promise.resolve();
  try {
    for await (const { frame, model } of source.decode({ start: from, end: to, reverse: false, display: null, modelSize, signal })) {
      signal.throwIfAborted();
      const masks = options.others && (await options.others.at(frame));
      const others = [...(masks?.values() ?? [])].map((counts) => onGrid(counts, source.media, logitSize));
      const budget = (frame - from) % interval === 0 ? options.budget : 0;
      const answer = options.find(frame, source.index.timeMs(frame), model!, budget, others);
      last = last.then(async () => tell(frame, await answer));
      last.catch(() => {});
      answer.catch(() => {});
      waiting.push(last);
      if (waiting.length >= inFlight) await waiting.shift();
    }
    await last;
  } finally {
    await Promise.allSettled([...waiting, last]);
  }
};
