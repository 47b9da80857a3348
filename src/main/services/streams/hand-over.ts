/**
 * From one chapter of a stream to the next: each object goes along with its id and its last mask, which is its prompt
 * on
 * the next chapter's first frame. An object that was out of the picture goes along without a mask: a mask of long ago
 * would take hold of whatever is in its place now.
 */
import { nextColor } from '../../../shared/object-colors.ts';
import type { CompressedMask } from '../../../shared/prompts.ts';
import { compressCounts, decodeRle, encodeRle, expandCounts } from '../../../shared/rle.ts';
import type { EngineResult } from '../../engine/api/protocol.ts';
import { type KeptWork, newWork } from '../session/kept-work.ts';
import type { ObjectRecord } from '../session/object-list.ts';

export interface HandedTrack {
  id: number;
  name: string;
  color: string;
  visible: boolean;
  locked: boolean;
  /** At the size of the source it came from; null: it was not in the picture. */
  mask: CompressedMask | null;
}

interface LastSeen {
  frame: number;
  mask: CompressedMask;
}

/** Frames an object may have been out of the picture for and still be handed over by its mask. */
const mostAbsent = 30;

/** The last mask of each object of a chapter; it holds one each, however long the chapter is. */
export class LastMasks {
  readonly #seen = new Map<number, LastSeen>();
  #newest = -1;

  /** @param size of the source, px */
  put(frame: number, results: readonly EngineResult[], { width, height }: { width: number; height: number }): void {
    this.#newest = Math.max(this.#newest, frame);
    for (const { objectId, area, counts } of results) {
      const before = this.#seen.get(objectId);
      if (area > 0 && (before === undefined || before.frame <= frame))
        this.#seen.set(objectId, { frame, mask: { size: [height, width], counts } });
    }
  }

  maskOf(objectId: number): CompressedMask | null {
    const seen = this.#seen.get(objectId);
    return seen && this.#newest - seen.frame <= mostAbsent ? seen.mask : null;
  }

  /** Objects that were in the picture a moment ago. */
  get present(): number {
    return [...this.#seen.keys()].filter((id) => this.maskOf(id) !== null).length;
  }

  keepOnly(objectIds: ReadonlySet<number>): void {
    for (const id of this.#seen.keys()) if (!objectIds.has(id)) this.#seen.delete(id);
  }
}

/** @param former what was handed to this chapter: an object that never came is handed on as it was */
export const handOver = (objects: readonly ObjectRecord[], masks: LastMasks, former: readonly HandedTrack[]): HandedTrack[] => {
  const waiting = new Map(former.map((track) => [track.id, track.mask]));
  return objects.map(({ id, name, color, visible, locked, prompts }) => ({
    ...{ id, name, color, visible, locked },
    mask: masks.maskOf(id) ?? (prompts.length === 0 ? (waiting.get(id) ?? null) : null),
  }));
};

/** Work of a new chapter: the objects under their ids, not prompted yet. */
export const handedWork = (tracks: readonly HandedTrack[], nextId: number): KeptWork => ({
  ...newWork,
  objects: tracks.map(({ id, name, color, visible, locked }) => ({
    ...{ id, name, color: color || nextColor(tracks.map((track) => track.color)), visible, locked, solo: false, maskKey: id, prompts: [] },
  })),
  nextId: Math.max(nextId, 1, ...tracks.map(({ id }) => id + 1)),
});

/** A mask at another size, by its nearest px: a camera that comes back with another resolution shows the same scene. */
export const maskAtSize = ({ size, counts }: CompressedMask, width: number, height: number): CompressedMask => {
  const [fromHeight, fromWidth] = size;
  if (fromHeight === height && fromWidth === width) return { size, counts };
  const from = decodeRle({ size, counts: expandCounts(counts) });
  const to = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.min(fromHeight - 1, Math.floor(((y + 0.5) * fromHeight) / height)) * fromWidth;
    for (let x = 0; x < width; x++) to[y * width + x] = from[row + Math.min(fromWidth - 1, Math.floor(((x + 0.5) * fromWidth) / width))]!;
  }
  return { size: [height, width], counts: compressCounts(encodeRle(to, width, height).counts) };
};
