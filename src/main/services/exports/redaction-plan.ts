/**
 * Which masks hide an object on each frame: its own where it was sure, and where it was unsure or lost also the sure
 * ones before and after, so that nothing flashes clean in between.
 */
import type { TrackedObject } from '../../../shared/contract/state.ts';
import type { Redaction } from '../../../shared/redaction.ts';
import { compressCounts, expandCounts, unionCounts } from '../../../shared/rle.ts';
import type { MaskReader } from '../results/mask-store.ts';
import { isSureMask } from '../results/object-lane.ts';

export interface RedactionPlanDeps {
  objects: readonly TrackedObject[];
  store: MaskReader;
  range: { from: number; to: number };
  redaction: Pick<Redaction, 'carry' | 'hides'>;
}

type Ranges = [number, number][];

/** What is known of an object's frames, in order. */
export interface PlannedObject {
  id: number;
  name: string;
  hidden: Ranges;
  carried: Ranges;
  open: Ranges;
}

const add = (ranges: Ranges, frame: number): void => {
  const last = ranges.at(-1);
  if (last && last[1] === frame - 1) last[1] = frame;
  else ranges.push([frame, frame]);
};

export class RedactionPlan {
  readonly #deps: RedactionPlanDeps;
  /** Sure frames of each object: 1. */
  readonly #sure = new Map<number, Uint8Array>();

  constructor(deps: RedactionPlanDeps) {
    this.#deps = deps;
    const { objects, store, range } = deps;
    for (const { id } of objects) {
      const sure = new Uint8Array(range.to - range.from + 1);
      for (let frame = range.from; frame <= range.to; frame++) {
        const mask = store.get(id, frame);
        if (mask?.box && isSureMask(mask.predictedIou, mask.objectLogit)) sure[frame - range.from] = 1;
      }
      this.#sure.set(id, sure);
    }
  }

  /** Counts of the masks that hide objects on a frame, compressed, by object. */
  masksOn(frame: number): [number, string][] {
    return this.#deps.objects.flatMap(({ id }): [number, string][] => {
      const counts = this.#framesFor(id, frame).flatMap((from) => {
        const mask = this.#deps.store.get(id, from);
        return mask?.box ? [expandCounts(mask.counts)] : [];
      });
      const [first, ...others] = counts;
      return first ? [[id, compressCounts(others.reduce<number[]>((all, next) => unionCounts(all, next), first))]] : [];
    });
  }

  /** What becomes of each object. */
  objects(): PlannedObject[] {
    const { objects, store, range } = this.#deps;
    return objects.map(({ id, name }) => {
      const planned: PlannedObject = { id, name, hidden: [], carried: [], open: [] };
      for (let frame = range.from; frame <= range.to; frame++) {
        const frames = this.#framesFor(id, frame);
        const isOwn = frames.length === 1 && frames[0] === frame && this.#isSure(id, frame);
        const isHidden = frames.some((from) => store.get(id, from)?.box);
        if (isHidden) add(planned.hidden, frame);
        if (isHidden && !isOwn) add(planned.carried, frame);
        if (!isHidden && !this.#isSurelyAbsent(id, frame)) add(planned.open, frame);
      }
      return planned;
    });
  }

  /** The frames whose masks hide an object on this one. */
  #framesFor(id: number, frame: number): number[] {
    if (this.#isSure(id, frame)) return [frame];
    // What stays visible is never more than what is sure.
    if (this.#deps.redaction.hides === 'everything-else') return [];
    return [frame, this.#nearest(id, frame, -1), this.#nearest(id, frame, 1)].flatMap((near) => near ?? []);
  }

  #isSure(id: number, frame: number): boolean {
    return this.#sure.get(id)![frame - this.#deps.range.from] === 1;
  }

  /** The tracker looked for it here and did not find it. */
  #isSurelyAbsent(id: number, frame: number): boolean {
    const mask = this.#deps.store.get(id, frame);
    return mask !== undefined && isSureMask(1, -mask.objectLogit);
  }

  #nearest(id: number, frame: number, step: 1 | -1): number | null {
    const { range, redaction } = this.#deps;
    for (let n = 1; n <= redaction.carry; n++) {
      const near = frame + n * step;
      if (near < range.from || near > range.to) return null;
      if (this.#isSure(id, near)) return near;
    }
    return null;
  }
}
