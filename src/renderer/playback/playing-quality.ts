/**
 * How finely the picture is drawn while it plays. Where drawing takes too long (a software GPU), fewer pixels keep
 * pictures and buttons moving; nothing else depends on it, and what stands still is always drawn in full.
 */

/** Shares of the canvas's own pixels along each side, finest first. */
const shares = [1, 0.75, 0.5] as const;

/** A drawing may take this long before it holds up the next picture of an ordinary clip, in ms. */
const usualBudgetMs = 40;
/** Drawings that are looked at together: a single slow one is no reason. */
const looks = 6;
/** Fewer will do where they take this many times the budget: a stall is not looked at for seconds. */
const stall = { looks: 3, times: 3 };
/** Of the budget: what a finer drawing has to fit in before it is tried again. */
const finerWithin = 0.7;

const medianOf = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

export class PlayingQuality {
  /** In ms; for tests. */
  budgetMs = usualBudgetMs;
  #level = 0;
  #isAutomatic = false;
  #drawings: number[] = [];

  /** Playing begins. @returns the share of the canvas's pixels to draw with */
  start(isAutomatic: boolean): number {
    const median = medianOf(this.#drawings);
    // A drawing costs what it has pixels.
    const isFinerLikely =
      this.#level > 0 &&
      this.#drawings.length >= looks &&
      median * (shares[this.#level - 1]! / shares[this.#level]!) ** 2 < this.budgetMs * finerWithin;
    if (isFinerLikely) {
      this.#level--;
      this.#drawings = [];
    }
    this.#isAutomatic = isAutomatic;
    return this.#share;
  }

  /** A picture was drawn. @param ms until it was there @returns the share to draw with from now on */
  drawn(ms: number): number {
    if (!this.#isAutomatic) return this.#share;
    this.#drawings.push(ms);
    if (this.#drawings.length > looks) this.#drawings.shift();
    const median = medianOf(this.#drawings);
    const isKnown = this.#drawings.length >= (median > this.budgetMs * stall.times ? stall.looks : looks);
    if (isKnown && median > this.budgetMs && this.#level < shares.length - 1) {
      const here = shares[this.#level]!;
      const enough = shares.findIndex((share, level) => level > this.#level && median * (share / here) ** 2 <= this.budgetMs);
      this.#level = enough < 0 ? shares.length - 1 : enough;
      this.#drawings = [];
    }
    return this.#share;
  }

  /** Another clip, another canvas: what was learned does not hold. */
  forget(): void {
    this.#level = 0;
    this.#drawings = [];
  }

  get #share(): number {
    return this.#isAutomatic ? shares[this.#level]! : 1;
  }
}
