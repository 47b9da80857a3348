/**
 * A grid of points, spread evenly over time: those under tracked masks and those that were fruitless and look the same
 * are left out.
 */
import { probeOrder } from './probe-order.ts';
import { type FrameView, isOpen, type PromptStrategy, type Proposal } from './prompt-strategy.ts';

export class GridStrategy implements PromptStrategy {
  readonly #density: number;
  readonly #remembers: boolean;
  /** Where the next probe begins in the order. */
  #next = 0;

  /**
   * @param density cells of a side, 4 to 64
   * @param remembers without it fruitless cells are probed again, for comparison
   */
  constructor(density: number, remembers = true) {
    this.#density = density;
    this.#remembers = remembers;
  }

  observe(): void {}

  propose(view: FrameView, budget: number): Proposal[] {
    const order = probeOrder(this.#density);
    const proposals: Proposal[] = [];
    for (let tried = 0; tried < order.length && proposals.length < budget; tried++) {
      const cell = order[this.#next]!;
      this.#next = (this.#next + 1) % order.length;
      const [left, top] = [(cell % this.#density) / this.#density, Math.floor(cell / this.#density) / this.#density];
      const side = 1 / this.#density;
      const point = [left + side / 2, top + side / 2] as const;
      if (!isOpen(view, ...point)) continue;
      const key = `${this.#density}:${cell}`;
      const box = [left, top, left + side, top + side] as const;
      if (this.#remembers && view.memory.isFruitless(key, box, view.picture)) continue;
      proposals.push({ source: 'grid', point, box, key, label: null });
    }
    return proposals;
  }
}
