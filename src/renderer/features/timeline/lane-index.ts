/**
 * An object's lane, ready to be drawn at any zoom: what a pixel column shows is the difference of two running sums,
 * found by binary search. So drawing costs columns x log(runs), whatever the length of the clip; and a change costs the
 * page it is on.
 */
import { type LaneKind, type LanePage, laneKinds, lanePageFrames } from '../../../shared/session-state.ts';

export interface LaneRun {
  /** Inclusive. */
  first: number;
  last: number;
  /** "absent": tracked, and the object is not in the picture. */
  kind: Exclude<LaneKind, 'none'>;
  /** 0..1 */
  confidence: number;
}

export interface LaneColumn {
  /** Shares of the column's frames, 0..1; unsure frames count as present too. */
  present: number;
  absent: number;
  unsure: number;
  /** Mean over the present frames, 0..1; 0 where there are none. */
  confidence: number;
}

/** Present, absent and unsure frames, and the confidence of the present ones. */
const sumsPerRun = 4;

/** The runs of one page with the sums before each of them. */
class Page {
  /** Where runs begin, in frames of the page, and where the last one ends. */
  readonly starts: Uint16Array;
  readonly looks: Uint16Array;
  readonly before: Float64Array;

  constructor(runs: readonly number[]) {
    const count = runs.length / 2;
    this.starts = new Uint16Array(count + 1);
    this.looks = new Uint16Array(count);
    this.before = new Float64Array(sumsPerRun * (count + 1));
    let start = 0;
    for (let i = 0; i < count; i++) {
      const length = runs[2 * i]!;
      const look = runs[2 * i + 1]!;
      const at = sumsPerRun * i;
      this.starts[i] = start;
      this.looks[i] = look;
      for (let k = 0; k < sumsPerRun; k++) this.before[at + sumsPerRun + k] = this.before[at + k]! + length * shareOf(look, k);
      start += length;
    }
    this.starts[count] = start;
  }

  /** Adds the sums of the frames before `position`, which is in frames of the page. */
  addUntil(position: number, sums: Float64Array): void {
    let low = 0;
    let high = this.looks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle]! < position) low = middle + 1;
      else high = middle;
    }
    // Runs before `low` begin before the position; the last of them may reach over it.
    const at = sumsPerRun * low;
    const beyond = low > 0 ? Math.max(0, this.starts[low]! - position) : 0;
    for (let k = 0; k < sumsPerRun; k++)
      sums[k] = sums[k]! + this.before[at + k]! - (beyond > 0 ? beyond * shareOf(this.looks[low - 1]!, k) : 0);
  }

  get total(): Float64Array {
    return this.before.subarray(this.before.length - sumsPerRun);
  }
}

/** What a frame of this look adds to the sums. */
const shareOf = (look: number, sum: number): number => {
  const kind = laneKinds[look >> 8];
  if (kind === 'none') return 0;
  if (kind === 'absent') return sum === 1 ? 1 : 0;
  if (sum === 0) return 1;
  if (sum === 2) return kind === 'unsure' ? 1 : 0;
  return sum === 3 ? (look & 255) / 255 : 0;
};

export class LaneIndex {
  readonly #pages: ReadonlyMap<number, Page>;
  /** Sums over the pages before each. */
  readonly #before: Float64Array;

  private constructor(pages: ReadonlyMap<number, Page>) {
    this.#pages = pages;
    const count = Math.max(-1, ...pages.keys()) + 1;
    this.#before = new Float64Array(sumsPerRun * (count + 1));
    for (let number = 0; number < count; number++)
      for (let k = 0; k < sumsPerRun; k++) {
        const at = sumsPerRun * number + k;
        this.#before[at + sumsPerRun] = this.#before[at]! + (pages.get(number)?.total[k] ?? 0);
      }
  }

  static readonly none = new LaneIndex(new Map());

  /** @param runs disjoint, in their order */
  static of(runs: readonly LaneRun[]): LaneIndex {
    const pages = new Map<number, number[]>();
    for (const { first, last, kind, confidence } of runs) {
      const look = laneKinds.indexOf(kind) * 256 + Math.round(confidence * 255);
      for (let from = first; from <= last; ) {
        const number = Math.floor(from / lanePageFrames);
        const page = pages.get(number) ?? [];
        pages.set(number, page);
        const to = Math.min(last, (number + 1) * lanePageFrames - 1);
        const done = page.reduce((sum, value, i) => (i % 2 === 0 ? sum + value : sum), 0);
        const gap = from - number * lanePageFrames - done;
        if (gap > 0) page.push(gap, 0);
        page.push(to - from + 1, look);
        from = to + 1;
      }
    }
    return LaneIndex.none.with(
      [...pages].map(([page, pageRuns]) => ({ page, runs: pageRuns })),
      true,
    );
  }

  /** The lane with these pages in place of its own. @param isWhole they are all there are */
  with(pages: readonly LanePage[], isWhole: boolean): LaneIndex {
    const next = new Map(isWhole ? [] : this.#pages);
    for (const { page, runs } of pages) next.set(page, new Page(runs));
    return new LaneIndex(next);
  }

  /** What frames from..to (to is not in it; both may lie between frames) amount to. */
  column(from: number, to: number): LaneColumn {
    let column: LaneColumn = { present: 0, absent: 0, unsure: 0, confidence: 0 };
    if (to > from)
      this.scan(from, to - from, 1, (present, absent, unsure, confidence) => {
        column = { present, absent, unsure, confidence };
      });
    return column;
  }

  /** Goes over `count` columns of `width` frames each, from `start` on. */
  scan(
    start: number,
    width: number,
    count: number,
    visit: (present: number, absent: number, unsure: number, confidence: number, column: number) => void,
  ): void {
    let from = new Float64Array(sumsPerRun);
    let to = new Float64Array(sumsPerRun);
    this.#until(start, from);
    for (let column = 0; column < count; column++) {
      this.#until(start + (column + 1) * width, to);
      const present = to[0]! - from[0]!;
      const confidence = present > 1e-9 ? (to[3]! - from[3]!) / present : 0;
      visit(present / width, (to[1]! - from[1]!) / width, (to[2]! - from[2]!) / width, confidence, column);
      [from, to] = [to, from];
    }
  }

  #until(position: number, sums: Float64Array): void {
    const last = this.#before.length / sumsPerRun - 1;
    const number = Math.min(last, Math.max(0, Math.floor(position / lanePageFrames)));
    for (let k = 0; k < sumsPerRun; k++) sums[k] = this.#before[sumsPerRun * number + k]!;
    if (number < last) this.#pages.get(number)?.addUntil(position - number * lanePageFrames, sums);
  }
}
