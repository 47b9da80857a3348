/** A detector's boxes, but those of what is tracked already. */
import { boxIou } from '../../common/box-iou.ts';
import { cellAt, type FrameView, type PromptStrategy, type Proposal } from './prompt-strategy.ts';

/** From this IoU on, a detection and a tracked box are taken for one thing. */
export const sameBox = 0.6;

export class DetectorStrategy implements PromptStrategy {
  readonly #classes: ReadonlySet<string> | null;
  readonly #remembers: boolean;

  /** @param classes names that are wanted, in lower case; null: all */
  constructor(classes: readonly string[] | null, remembers = true) {
    this.#classes = classes && new Set(classes);
    this.#remembers = remembers;
  }

  observe(): void {}

  propose({ detections, trackedBoxes, region, memory, picture }: FrameView, budget: number): Proposal[] {
    const proposals: Proposal[] = [];
    for (const { left, top, right, bottom, name, score } of detections ?? []) {
      if (proposals.length >= budget) break;
      if (this.#classes && !this.#classes.has(name)) continue;
      const box = [left, top, right, bottom] as const;
      if (region && !region.has(cellAt(region.size, (left + right) / 2, (top + bottom) / 2))) continue;
      if (trackedBoxes.some((tracked) => boxIou(tracked, box) >= sameBox)) continue;
      if (this.#remembers && memory.isFruitless(null, box, picture)) continue;
      proposals.push({ source: 'detector', box, point: null, key: null, label: { name, score } });
    }
    return proposals;
  }
}
