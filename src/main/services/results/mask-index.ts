/**
 * Where each stored mask is, by mask key and frame, in typed pages: 300,000 frames of 20 objects are some 130 MB and no
 * objects. Scores are kept here too, so that a lane can be drawn without reading a mask.
 */
import { lanePageFrames } from '../../../shared/session-state.ts';

export interface MaskRow {
  /** Place of the record in the mask log, bytes. */
  offset: number;
  length: number;
  /** Predicted IoU, 0..1. */
  predictedIou: number;
  objectLogit: number;
  prompted: boolean;
  /** The mask has pixels. */
  present: boolean;
}

const pageFrames = lanePageFrames;

/** What a row says beside its numbers, as bits; the files of a project hold them too. */
export const rowFlags = { set: 1, prompted: 2, present: 4 } as const;
const { set: isSet, prompted: isPrompted, present: isPresent } = rowFlags;

interface Page {
  offset: Float64Array;
  length: Uint32Array;
  predictedIou: Float32Array;
  logit: Float32Array;
  flags: Uint8Array;
  /** The last change to a row of it, as its store counts them. */
  changed: number;
  /** A snapshot reads it too: it is copied before it changes. */
  isShared: boolean;
}

/** Rows as they were when a snapshot was taken. */
export interface MaskRows {
  get(maskKey: number, frame: number): MaskRow | null;
}

/** The object is in the picture: it has pixels, and the model says that it is there. */
const isSeen = (page: Page, at: number): boolean => (page.flags[at]! & isPresent) !== 0 && page.logit[at]! > 0;

const newPage = (): Page => ({
  offset: new Float64Array(pageFrames),
  length: new Uint32Array(pageFrames),
  predictedIou: new Float32Array(pageFrames),
  logit: new Float32Array(pageFrames),
  flags: new Uint8Array(pageFrames),
  changed: 0,
  isShared: false,
});

const copyOf = ({ offset, length, predictedIou, logit, flags, changed }: Page): Page => ({
  ...{ offset: offset.slice(), length: length.slice(), predictedIou: predictedIou.slice(), logit: logit.slice(), flags: flags.slice() },
  ...{ changed, isShared: false },
});

const rowOn = (pages: ReadonlyMap<number, Page> | undefined, frame: number): MaskRow | null => {
  const page = pages?.get(Math.floor(frame / pageFrames));
  const at = frame % pageFrames;
  const flags = page?.flags[at] ?? 0;
  if (!page || !(flags & isSet)) return null;
  return {
    offset: page.offset[at]!,
    length: page.length[at]!,
    predictedIou: page.predictedIou[at]!,
    objectLogit: page.logit[at]!,
    prompted: (flags & isPrompted) !== 0,
    present: (flags & isPresent) !== 0,
  };
};

/** The page as one that may be changed. */
const ownPage = (pages: Map<number, Page>, number: number): Page | undefined => {
  const page = pages.get(number);
  if (!page?.isShared) return page;
  const own = copyOf(page);
  pages.set(number, own);
  return own;
};

export class MaskIndex {
  readonly #maskKeys = new Map<number, { pages: Map<number, Page>; ranges: [number, number][]; seen: number }>();

  get maskKeys(): number[] {
    return [...this.#maskKeys.keys()];
  }

  get(maskKey: number, frame: number): MaskRow | null {
    return rowOn(this.#maskKeys.get(maskKey)?.pages, frame);
  }

  /** All rows as they are now, whatever changes later. It costs little: pages are copied only when they change. */
  snapshot(): MaskRows {
    const maskKeys = new Map<number, ReadonlyMap<number, Page>>();
    for (const [maskKey, { pages }] of this.#maskKeys) {
      for (const page of pages.values()) page.isShared = true;
      maskKeys.set(maskKey, new Map(pages));
    }
    return { get: (maskKey, frame) => rowOn(maskKeys.get(maskKey), frame) };
  }

  /** Pages of {@link lanePageFrames} frames that changed after `since`, ascending. */
  changedPages(maskKey: number, since: number): number[] {
    const pages = [...(this.#maskKeys.get(maskKey)?.pages ?? [])];
    return pages.flatMap(([number, { changed }]) => (changed > since ? [number] : [])).sort((a, b) => a - b);
  }

  /** Goes over the frames of a page; `isThere` is false for those without a row. No row is made an object of. */
  scanPage(
    maskKey: number,
    page: number,
    visit: (isThere: boolean, present: boolean, predictedIou: number, objectLogit: number) => void,
  ): void {
    const rows = this.#maskKeys.get(maskKey)?.pages.get(page);
    if (!rows) return;
    const { flags, predictedIou, logit } = rows;
    for (let at = 0; at < pageFrames; at++)
      visit((flags[at]! & isSet) !== 0, (flags[at]! & isPresent) !== 0, predictedIou[at]!, logit[at]!);
  }

  /** Rows on frames `from` to `to`, and the bytes of their records; no row is made an object of. */
  measure(maskKey: number, from: number, to: number): { masks: number; bytes: number } {
    let masks = 0;
    let bytes = 0;
    for (const [number, page] of this.#maskKeys.get(maskKey)?.pages ?? []) {
      const first = Math.max(0, from - number * pageFrames);
      const last = Math.min(pageFrames - 1, to - number * pageFrames);
      for (let at = first; at <= last; at++) {
        if (!(page.flags[at]! & isSet)) continue;
        masks++;
        bytes += page.length[at]!;
      }
    }
    return { masks, bytes };
  }

  /** @param row null removes @param change a number that grows with every change */
  set(maskKey: number, frame: number, row: MaskRow | null, change = 0): void {
    if (row) {
      const flags = isSet | (row.prompted ? isPrompted : 0) | (row.present ? isPresent : 0);
      this.setRow(maskKey, frame, row.offset, row.length, row.predictedIou, row.objectLogit, flags, change);
      return;
    }
    const entry = this.#maskKeys.get(maskKey);
    const page = entry && ownPage(entry.pages, Math.floor(frame / pageFrames));
    if (!entry || !page) return;
    const at = frame % pageFrames;
    const wasSet = (page.flags[at]! & isSet) !== 0;
    page.changed = change;
    if (isSeen(page, at)) entry.seen--;
    page.flags[at] = 0;
    if (wasSet) removeFromRanges(entry.ranges, frame);
  }

  /**
   * {@link set} without an object for the row: opening a project does it millions of times.
   * @param flags as {@link rowFlags}
   */
  setRow(
    maskKey: number,
    frame: number,
    offset: number,
    length: number,
    predictedIou: number,
    objectLogit: number,
    flags: number,
    change = 0,
  ): void {
    let entry = this.#maskKeys.get(maskKey);
    if (!entry) {
      entry = { pages: new Map(), ranges: [], seen: 0 };
      this.#maskKeys.set(maskKey, entry);
    }
    const pageNumber = Math.floor(frame / pageFrames);
    const at = frame % pageFrames;
    let page = ownPage(entry.pages, pageNumber);
    if (!page) {
      page = newPage();
      entry.pages.set(pageNumber, page);
    }
    const wasSet = (page.flags[at]! & isSet) !== 0;
    page.changed = change;
    if (isSeen(page, at)) entry.seen--;
    page.offset[at] = offset;
    page.length[at] = length;
    page.predictedIou[at] = predictedIou;
    page.logit[at] = objectLogit;
    page.flags[at] = flags;
    if (isSeen(page, at)) entry.seen++;
    if (!wasSet) addToRanges(entry.ranges, frame);
  }

  drop(maskKey: number): void {
    this.#maskKeys.delete(maskKey);
  }

  /** Frames on which the object is in the picture. */
  seen(maskKey: number): number {
    return this.#maskKeys.get(maskKey)?.seen ?? 0;
  }

  /** Inclusive ranges of frames that hold a mask, ascending. */
  ranges(maskKey: number): [number, number][] {
    return (this.#maskKeys.get(maskKey)?.ranges ?? []).map(([a, b]) => [a, b]);
  }

  /** Frames that hold a mask, ascending. */
  frames(maskKey: number): number[] {
    const frames: number[] = [];
    for (const [a, b] of this.#maskKeys.get(maskKey)?.ranges ?? []) for (let frame = a; frame <= b; frame++) frames.push(frame);
    return frames;
  }
}

/** First place in ascending, disjoint `ranges` whose start is above `frame`. */
const placeAfter = (ranges: readonly [number, number][], frame: number): number => {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]![0] > frame) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** Adds a frame that is in none of the ascending, disjoint `ranges` yet, joining neighbours. */
const addToRanges = (ranges: [number, number][], frame: number): void => {
  // As tracking does: at the end.
  const last = ranges.at(-1);
  if (!last || frame > last[1] + 1) {
    ranges.push([frame, frame]);
    return;
  }
  if (frame === last[1] + 1) {
    last[1] = frame;
    return;
  }
  const at = placeAfter(ranges, frame);
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

/** Takes a frame out of the range that holds it. */
const removeFromRanges = (ranges: [number, number][], frame: number): void => {
  const at = placeAfter(ranges, frame) - 1;
  const range = ranges[at];
  if (!range || range[1] < frame) return;
  const [first, last] = range;
  const rest: [number, number][] = [];
  if (first < frame) rest.push([first, frame - 1]);
  if (last > frame) rest.push([frame + 1, last]);
  ranges.splice(at, 1, ...rest);
};
