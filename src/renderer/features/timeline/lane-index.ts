/**
 * An object's lane, ready to be drawn at any zoom: what a pixel column shows is the difference of two running sums, found by
 * binary search. So drawing costs columns x log(runs), whatever the length of the clip.
 */

export interface LaneRun {
  /** Inclusive. */
  first: number;
  last: number;
  /** "absent": tracked, and the object is not in the picture. */
  kind: 'present' | 'absent' | 'unsure';
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

interface Sums {
  present: number;
  absent: number;
  unsure: number;
  confidence: number;
}

export class LaneIndex {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #runs: readonly LaneRun[];
  /** Sums over the runs before each, four to a run. */
  readonly #before: Float64Array;

  /** @param runs disjoint, in their order */
  constructor(runs: readonly LaneRun[]) {
    this.#runs = runs;
    this.#starts = Float64Array.from(runs, ({ first }) => first);
    this.#ends = Float64Array.from(runs, ({ last }) => last + 1);
    this.#before = new Float64Array(4 * (runs.length + 1));
    for (const [i, run] of runs.entries()) {
      const length = run.last - run.first + 1;
      const at = 4 * i;
      this.#before[at + 4] = this.#before[at]! + (run.kind === 'absent' ? 0 : length);
      this.#before[at + 5] = this.#before[at + 1]! + (run.kind === 'absent' ? length : 0);
      this.#before[at + 6] = this.#before[at + 2]! + (run.kind === 'unsure' ? length : 0);
      this.#before[at + 7] = this.#before[at + 3]! + (run.kind === 'absent' ? 0 : length * run.confidence);
    }
  }

  /** What frames from..to (to is not in it; both may lie between frames) amount to. */
  column(from: number, to: number): LaneColumn {
    const width = to - from;
    if (width <= 0) return { present: 0, absent: 0, unsure: 0, confidence: 0 };
    const a = this.#until(from);
    const b = this.#until(to);
    const present = b.present - a.present;
    return {
      present: present / width,
      absent: (b.absent - a.absent) / width,
      unsure: (b.unsure - a.unsure) / width,
      confidence: present > 0 ? (b.confidence - a.confidence) / present : 0,
    };
  }

  /** The nearest unsure run that begins before or after a frame, or null. */
  neighbourUnsure(frame: number, direction: 1 | -1): number | null {
    let best: number | null = null;
    for (const { kind, first } of this.#runs) {
      if (kind !== 'unsure' || (first - frame) * direction <= 0) continue;
      if (best === null || (first - best) * direction < 0) best = first;
    }
    return best;
  }

  #until(position: number): Sums {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! < position) low = middle + 1;
      else high = middle;
    }
    // Runs before `low` begin before the position; the last of them may reach over it.
    const at = 4 * low;
    const sums = {
      present: this.#before[at]!,
      absent: this.#before[at + 1]!,
      unsure: this.#before[at + 2]!,
      confidence: this.#before[at + 3]!,
    };
    const run = this.#runs[low - 1];
    const beyond = run ? this.#ends[low - 1]! - position : 0;
    if (run && beyond > 0) {
      if (run.kind === 'absent') sums.absent -= beyond;
      else sums.present -= beyond;
      if (run.kind === 'unsure') sums.unsure -= beyond;
      if (run.kind !== 'absent') sums.confidence -= beyond * run.confidence;
    }
    return sums;
  }
}
