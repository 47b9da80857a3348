/**
 * Every result of a session, by object and frame: the exact mask as run lengths, and the logits the window draws, packed. It is
 * the host's, so it outlives the engine.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { FrameOverlay } from '../../shared/wire.ts';
import type { EngineResult } from '../engine/protocol.ts';

export interface StoredResult {
  counts: string;
  box: [number, number, number, number] | null;
  area: number;
  score: number;
  objectLogit: number;
  prompted: boolean;
  overlay: { width: number; height: number; scale: number; packed: Uint8Array };
}

export class MaskStore {
  readonly #objects = new Map<number, Map<number, StoredResult>>();
  readonly #ranges = new Map<number, [number, number][]>();

  put(frame: number, result: EngineResult): void {
    let frames = this.#objects.get(result.objectId);
    if (!frames) {
      frames = new Map();
      this.#objects.set(result.objectId, frames);
    }
    if (!frames.has(frame)) addToRanges(this.#rangesOf(result.objectId), frame);
    const { logits, width, height, scale } = result.overlay;
    frames.set(frame, {
      counts: result.counts,
      box: result.box,
      area: result.area,
      score: result.score,
      objectLogit: result.objectLogit,
      prompted: result.prompted,
      overlay: { width, height, scale, packed: deflateRawSync(logits, { level: 1 }) },
    });
  }

  get(objectId: number, frame: number): StoredResult | undefined {
    return this.#objects.get(objectId)?.get(frame);
  }

  /** Frames with results of one object, ascending. */
  frames(objectId: number): number[] {
    return [...(this.#objects.get(objectId)?.keys() ?? [])].sort((a, b) => a - b);
  }

  /** Inclusive ranges of frames that hold a result, ascending. */
  ranges(objectId: number): [number, number][] {
    return (this.#ranges.get(objectId) ?? []).map(([a, b]) => [a, b]);
  }

  /** What the window draws on `frame` for the given objects. */
  overlays(frame: number, objectIds: readonly number[]): FrameOverlay[] {
    return objectIds.flatMap((objectId) => {
      const stored = this.get(objectId, frame);
      if (!stored) return [];
      return [
        {
          objectId,
          width: stored.overlay.width,
          height: stored.overlay.height,
          scale: stored.overlay.scale,
          score: stored.score,
          objectLogit: stored.objectLogit,
          logits: unpack(stored),
        },
      ];
    });
  }

  /**
   * The stored logits as floats, for a correction on a frame whose state the tracker has dropped (spec rule 5).
   * @param side of the grid of the model at work; logits of a model with another grid are none to it
   */
  priorLogits(objectId: number, frame: number, side: number): Float32Array<ArrayBuffer> | null {
    const stored = this.get(objectId, frame);
    return stored?.overlay.width === side ? Float32Array.from(unpack(stored), (value) => value * stored.overlay.scale) : null;
  }

  remove(objectId: number, frame: number): void {
    if (this.#objects.get(objectId)?.delete(frame)) this.#ranges.set(objectId, rangesFrom(this.frames(objectId)));
  }

  removeObject(objectId: number): void {
    this.#objects.delete(objectId);
    this.#ranges.delete(objectId);
  }

  #rangesOf(objectId: number): [number, number][] {
    let ranges = this.#ranges.get(objectId);
    if (!ranges) {
      ranges = [];
      this.#ranges.set(objectId, ranges);
    }
    return ranges;
  }
}

const unpack = (stored: StoredResult): Int8Array => {
  const bytes = inflateRawSync(stored.overlay.packed);
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};

/** Adds a frame that is in none of the ascending, disjoint `ranges` yet, joining neighbours. */
export const addToRanges = (ranges: [number, number][], frame: number): void => {
  let at = ranges.length;
  while (at > 0 && ranges[at - 1]![0] > frame) at--;
  const before = ranges[at - 1];
  const after = ranges[at];
  const joinsBefore = before !== undefined && before[1] === frame - 1;
  const joinsAfter = after !== undefined && after[0] === frame + 1;
  if (joinsBefore && joinsAfter) {
    before[1] = after[1];
    ranges.splice(at, 1);
  } else if (joinsBefore) before[1] = frame;
  else if (joinsAfter) after[0] = frame;
  else ranges.splice(at, 0, [frame, frame]);
};

const rangesFrom = (frames: readonly number[]): [number, number][] => {
  const ranges: [number, number][] = [];
  for (const frame of frames) {
    const last = ranges.at(-1);
    if (last && last[1] === frame - 1) last[1] = frame;
    else ranges.push([frame, frame]);
  }
  return ranges;
};
