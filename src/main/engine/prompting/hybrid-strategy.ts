/** Several strategies, which share the budget by their weights. What one leaves, the next may use. */
import type { LumaPicture } from './luma-picture.ts';
import type { FrameView, PromptStrategy, Proposal } from './prompt-strategy.ts';

export interface WeightedStrategy {
  strategy: PromptStrategy;
  /** 0 or more; shares are by the sum of all. */
  weight: number;
}

export class HybridStrategy implements PromptStrategy {
  readonly #parts: readonly WeightedStrategy[];

  /** @param parts the most trusted first */
  constructor(parts: readonly WeightedStrategy[]) {
    this.#parts = parts.filter(({ weight }) => weight > 0);
  }

  observe(picture: LumaPicture): void {
    for (const { strategy } of this.#parts) strategy.observe(picture);
  }

  propose(view: FrameView, budget: number): Proposal[] {
    const proposals: Proposal[] = [];
    let weights = this.#parts.reduce((sum, { weight }) => sum + weight, 0);
    for (const { strategy, weight } of this.#parts) {
      const left = budget - proposals.length;
      const share = Math.min(left, Math.ceil((left * weight) / weights));
      weights -= weight;
      if (share > 0) proposals.push(...strategy.propose(view, share));
    }
    return proposals;
  }
}
