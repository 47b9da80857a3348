/**
 * Finds objects in a stretch of a clip, forward: every frame is tracked, every so many frames are looked at as a whole.
 * What a track gave before it was confirmed is kept back until then.
 */
import type { Found } from '../../../shared/discovery.ts';
import { decodeRle, expandCounts } from '../../../shared/rle.ts';
import type { EngineResult, FoundFrameEvent } from '../api/protocol.ts';
import type { MaskFeed } from '../export/mask-feed.ts';
import type { RosterEvent } from '../prompting/roster.ts';
import type { MediaSource } from './media-source.ts';
import { toEngineResult } from './results.ts';

/** What is known of a track that may be shown. */
export interface FoundTrack extends Omit<Found, 'isAuto'> {
  key: number;
  id: number | null;
  bornFrame: number;
}

/** The mask of a track on a frame, on the logit grid. */
export interface FoundMask {
  key: number;
  logits: Float32Array;
  score: number;
  objectLogit: number;
}

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

interface FindAnswer {
  masks: FoundMask[];
  tracks: FoundTrack[];
  events: RosterEvent[];
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
  const tentative = new Map<number, { frame: number; result: EngineResult }[]>();
  const ids = new Map<number, number>();
  let done = 0;

  const tell = async (frame: number, { masks, tracks, events }: FindAnswer): Promise<void> => {
    for (const event of events) {
      if (event.kind === 'confirmed') ids.set(event.key, event.id);
    }
    const results: { frame: number; result: EngineResult }[] = [];
    for (const { key, logits, score, objectLogit } of masks) {
      const id = ids.get(key);
      const result = toEngineResult({ objectId: id ?? key, logits, predictedIou: score, objectLogit, prompted: false }, source.media);
      if (id !== undefined) results.push({ frame, result });
      else tentative.set(key, [...(tentative.get(key) ?? []), { frame, result }]);
    }
    for (const event of events) {
      const earlier = tentative.get(event.key);
      tentative.delete(event.key);
      if (event.kind === 'confirmed') {
        results.push(...(earlier ?? []).map((one) => ({ ...one, result: { ...one.result, objectId: event.id } })));
      } else ids.delete(event.key);
    }
    done++;
    const shown = tracks.flatMap(({ key: _, id, ...track }) => (id === null ? [] : [{ id, ...track }]));
    await options.onFrame({ frame, done, total, tracks: shown, results: results.sort((a, b) => a.frame - b.frame) });
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
