/**
 * Every result of a session, by object and frame: the exact mask as run lengths, and the logits the window draws,
 * packed. It is the host's, so it outlives the engine. Records go to an append-only log (memory, or a project's file);
 * the index says where.
 */
import { compressCounts, encodeRle, expandCounts, paintRle, rleArea, rleBox } from '../../../shared/rle.ts';
import type { Lane } from '../../../shared/session-state.ts';
import type { FrameOverlay } from '../../../shared/wire.ts';
import type { EngineResult } from '../../engine/api/protocol.ts';
import { MaskIndex, type MaskRow } from './mask-index.ts';
import { decodeMaskRecord, encodeMaskRecord, packLogits, type StoredResult, storedFrom, unpackLogits } from './mask-record.ts';
import { lanePage } from './object-lane.ts';

/** Long work lets others have their turn after so many ms. */
const longestTurnMs = 20;

/** Where records are kept. Nothing is ever rewritten in place. */
export interface MaskLog {
  /** @returns the place of the record */
  append(data: Buffer): number;
  read(offset: number, length: number): Buffer;
  /** The mask of a frame is now this row, or none. */
  index(maskKey: number, frame: number, row: MaskRow | null): void;
  /** What `work` appends is written at once, when it returns. */
  batch(work: () => void): void;
}

/** A mask as it is written to files. */
export type StoredMask = Omit<StoredResult, 'overlay'>;

/**
 * Reads objects and masks as they were when it was made, whatever is corrected, tracked, deleted or merged meanwhile.
 */
export interface MaskReader {
  get(objectId: number, frame: number): StoredMask | undefined;
}

class MemoryMaskLog implements MaskLog {
  readonly #records: Buffer[] = [];

  append(data: Buffer): number {
    return this.#records.push(data) - 1;
  }

  read(offset: number): Buffer {
    return this.#records[offset]!;
  }

  index(): void {}

  batch(work: () => void): void {
    work();
  }
}

export class MaskStore {
  readonly #log: MaskLog;
  readonly #index: MaskIndex;
  readonly #revisions = new Map<number, number>();
  /** Counts changes. */
  #clock = 0;
  /** When an object's masks became those of another mask key. */
  readonly #moved = new Map<number, number>();
  /** Mask keys of the objects there are; null = every object's mask key is its id. */
  #maskKeys: ReadonlyMap<number, number> | null = null;

  constructor(log: MaskLog = new MemoryMaskLog(), index: MaskIndex = new MaskIndex()) {
    this.#log = log;
    this.#index = index;
  }

  /** Says which objects there are and where their masks are; masks of others stay, out of sight. */
  setMaskKeys(objects: readonly { id: number; maskKey: number }[]): void {
    const former = this.#maskKeys;
    this.#maskKeys = new Map(objects.map(({ id, maskKey }) => [id, maskKey]));
    for (const { id, maskKey } of objects) {
      if (former?.get(id) === maskKey) continue;
      this.#touch(id, ++this.#clock);
      this.#moved.set(id, this.#clock);
    }
  }

  /** Several masks are kept with one write; when it returns they are with the operating system. */
  batch(work: () => void): void {
    this.#log.batch(work);
  }

  put(frame: number, result: EngineResult): void {
    this.putStored(result.objectId, frame, storedFrom(result));
  }

  putStored(objectId: number, frame: number, stored: StoredResult): void {
    const maskKey = this.#maskKeyOf(objectId);
    if (maskKey === undefined) return;
    this.#touch(objectId, this.#write(maskKey, frame, stored));
  }

  get(objectId: number, frame: number): StoredResult | undefined {
    const row = this.row(objectId, frame);
    return row ? decodeMaskRecord(this.#log.read(row.offset, row.length)) : undefined;
  }

  reader(): MaskReader {
    const maskKeys = this.#maskKeys;
    const rows = this.#index.snapshot();
    return {
      get: (objectId, frame) => {
        const row = rows.get(maskKeys ? (maskKeys.get(objectId) ?? -1) : objectId, frame);
        return row ? decodeMaskRecord(this.#log.read(row.offset, row.length)) : undefined;
      },
    };
  }

  /** How many masks an object has on frames `from` to `to`, and the bytes they take. */
  measure(objectId: number, from: number, to: number): { masks: number; bytes: number } {
    const maskKey = this.#maskKeyOf(objectId);
    return maskKey === undefined ? { masks: 0, bytes: 0 } : this.#index.measure(maskKey, from, to);
  }

  /** Where a mask is, for history. */
  row(objectId: number, frame: number): MaskRow | null {
    const maskKey = this.#maskKeyOf(objectId);
    return maskKey === undefined ? null : this.#index.get(maskKey, frame);
  }

  /** @param row one that {@link row} gave, or null for none */
  setRow(objectId: number, frame: number, row: MaskRow | null): void {
    const maskKey = this.#maskKeyOf(objectId);
    if (maskKey === undefined) return;
    this.#touch(objectId, this.#setIndex(maskKey, frame, row));
  }

  /** Frames with results of one object, ascending. */
  frames(objectId: number): number[] {
    const maskKey = this.#maskKeyOf(objectId);
    return maskKey === undefined ? [] : this.#index.frames(maskKey);
  }

  /** Frames on which the object is in the picture; on the others it was looked for and not found, or not looked for. */
  seen(objectId: number): number {
    const maskKey = this.#maskKeyOf(objectId);
    return maskKey === undefined ? 0 : this.#index.seen(maskKey);
  }

  /** Inclusive ranges of frames that hold a result, ascending. */
  ranges(objectId: number): [number, number][] {
    const maskKey = this.#maskKeyOf(objectId);
    return maskKey === undefined ? [] : this.#index.ranges(maskKey);
  }

  /** How the object is on its frames, as far as that changed after `since`. */
  lane(objectId: number, since: number): Lane {
    const maskKey = this.#maskKeyOf(objectId);
    const isWhole = since === 0 || since < (this.#moved.get(objectId) ?? 0);
    const numbers = maskKey === undefined ? [] : this.#index.changedPages(maskKey, isWhole ? -1 : since);
    return { revision: this.revision(objectId), isWhole, pages: numbers.map((page) => lanePage(this.#index, maskKey!, page)) };
  }

  /** Grows whenever a mask of the object changes. */
  revision(objectId: number): number {
    return this.#revisions.get(objectId) ?? 0;
  }

  /** What the window draws on `frame` for the given objects. */
  overlays(frame: number, objectIds: readonly number[]): FrameOverlay[] {
    return objectIds.flatMap((objectId) => {
      const stored = this.get(objectId, frame);
      if (!stored) return [];
      const { width, height, scale } = stored.overlay;
      const { predictedIou, objectLogit } = stored;
      return [{ objectId, width, height, scale, predictedIou, objectLogit, logits: unpackLogits(stored.overlay) }];
    });
  }

  /**
   * The stored logits as floats, for a correction on a frame whose state the tracker has dropped (rule 5).
   * @param side of the grid of the model at work; logits of a model with another grid are none to it
   */
  priorLogits(objectId: number, frame: number, side: number): Float32Array<ArrayBuffer> | null {
    const overlay = this.get(objectId, frame)?.overlay;
    return overlay?.width === side ? Float32Array.from(unpackLogits(overlay), (value) => value * overlay.scale) : null;
  }

  remove(objectId: number, frame: number): void {
    if (this.row(objectId, frame)) this.setRow(objectId, frame, null);
  }

  /**
   * Writes the union of the objects' masks, frame by frame, under a mask key of its own; others get their turn
   * meanwhile.
   * @param size of the clip in px
   */
  async writeUnion(maskKey: number, objectIds: readonly number[], size: { width: number; height: number }): Promise<void> {
    const ranges = objectIds.flatMap((id) => this.ranges(id)).sort(([a], [b]) => a - b);
    let next = 0;
    let pausedMs = performance.now();
    for (const [first, last] of ranges) {
      for (let frame = Math.max(first, next); frame <= last; frame++) {
        const masks = objectIds.flatMap((id) => this.get(id, frame) ?? []);
        if (masks.length > 0) this.#write(maskKey, frame, masks.length === 1 ? masks[0]! : unionOf(masks, size));
        if (performance.now() - pausedMs < longestTurnMs) continue;
        await new Promise((resume) => setImmediate(resume));
        pausedMs = performance.now();
      }
      next = Math.max(next, last + 1);
    }
  }

  /** @returns the number of the change */
  #write(maskKey: number, frame: number, stored: StoredResult): number {
    const data = encodeMaskRecord(stored);
    const { predictedIou, objectLogit, prompted } = stored;
    const row = { offset: this.#log.append(data), length: data.length, predictedIou, objectLogit, prompted, present: stored.area > 0 };
    return this.#setIndex(maskKey, frame, row);
  }

  #setIndex(maskKey: number, frame: number, row: MaskRow | null): number {
    const change = ++this.#clock;
    this.#index.set(maskKey, frame, row, change);
    this.#log.index(maskKey, frame, row);
    return change;
  }

  #maskKeyOf(objectId: number): number | undefined {
    return this.#maskKeys ? this.#maskKeys.get(objectId) : objectId;
  }

  #touch(objectId: number, change: number): void {
    this.#revisions.set(objectId, change);
  }
}

const unionOf = (masks: readonly StoredResult[], { width, height }: { width: number; height: number }): StoredResult => {
  const pixels = new Uint8Array(width * height);
  for (const { counts } of masks) paintRle(pixels, { size: [height, width], counts: expandCounts(counts) }, 1);
  const rle = encodeRle(pixels, width, height);
  const box = rleBox(rle);
  // Of grids of one size the higher logit wins, as for the masks; else the largest object's is drawn.
  const largest = masks.reduce((a, b) => (b.area > a.area ? b : a));
  const { overlay } = largest;
  const drawn = masks.filter((mask) => mask.overlay.width === overlay.width && mask.overlay.height === overlay.height);
  const scale = Math.max(...drawn.map((mask) => mask.overlay.scale));
  const logits = new Int8Array(overlay.width * overlay.height).fill(-128);
  for (const mask of drawn) {
    const ratio = mask.overlay.scale / scale;
    unpackLogits(mask.overlay).forEach((value, i) => {
      const scaled = value * ratio;
      // Rounding away from 0 keeps which side of the border a pixel is on.
      const rounded = scaled > 0 ? Math.ceil(scaled) : Math.floor(scaled);
      if (rounded > logits[i]!) logits[i] = rounded;
    });
  }
  return {
    counts: compressCounts(rle.counts),
    box: box ? [box.x, box.y, box.width, box.height] : null,
    area: rleArea(rle),
    predictedIou: Math.min(...masks.map(({ predictedIou }) => predictedIou)),
    objectLogit: Math.max(...masks.map(({ objectLogit }) => objectLogit)),
    prompted: masks.some(({ prompted }) => prompted),
    overlay: { width: overlay.width, height: overlay.height, scale, packed: packLogits(logits) },
  };
};
