/** What the lanes show of each object. An index is made once for what it is made of, not for every drawing. */
import { useCallback, useMemo, useRef } from 'react';
import type { TrackedObject } from '../../../shared/contract.ts';
import type { ReviewFrame } from '../../../shared/review-queue.ts';
import { useAppState } from '../../app/app-context.ts';
import { LaneIndex } from './lane-index.ts';
import { runsOf } from './lane-runs.ts';

const noReview: readonly ReviewFrame[] = [];
const noSwitches: readonly { objectId: number; frame: number }[] = [];

export interface LanesData {
  laneOf: (object: TrackedObject) => LaneIndex;
  /** Frames where another branch of the memory tree took over, by object. */
  switches: ReadonlyMap<number, readonly number[]>;
}

export const useLanes = (): LanesData => {
  const review = useAppState((s) => s.host?.session?.memory.review ?? noReview);
  const told = useAppState((s) => s.host?.session?.memory.switches ?? noSwitches);
  const made = useRef(new Map<number, { results: TrackedObject['results']; review: readonly ReviewFrame[]; index: LaneIndex }>());
  const laneOf = useCallback(
    ({ id, results }: TrackedObject): LaneIndex => {
      const known = made.current.get(id);
      if (known?.results === results && known.review === review) return known.index;
      const unsure = review.filter(({ objectId }) => objectId === id);
      const index = new LaneIndex(runsOf(results, unsure));
      made.current.set(id, { results, review, index });
      return index;
    },
    [review],
  );
  const switches = useMemo(() => {
    const byObject = new Map<number, number[]>();
    for (const { objectId, frame } of told) byObject.set(objectId, [...(byObject.get(objectId) ?? []), frame]);
    return byObject;
  }, [told]);
  return { laneOf, switches };
};
