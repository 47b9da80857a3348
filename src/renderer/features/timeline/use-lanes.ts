/** What the lanes show of each object: fetched when the host says that it changed, indexed once, drawn many times. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { TrackedObject } from '../../../shared/contract.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { objectsOf } from '../../state/window-state.ts';
import { LaneIndex, type LaneRun } from './lane-index.ts';

/** While tracking, masks come many times a second; the picture of them need not. */
const leastMsBetween = 500;

const noSwitches: readonly { objectId: number; frame: number }[] = [];

export interface LanesData {
  laneOf: (object: TrackedObject) => LaneIndex;
  /** Frames where another branch of the memory tree took over, by object. */
  switches: ReadonlyMap<number, readonly number[]>;
}

/** Until the host told more: all that has a result is present, and sure. */
const plainLane = ({ results }: TrackedObject): LaneIndex =>
  new LaneIndex(results.map(([first, last]): LaneRun => ({ first, last, kind: 'present', confidence: 1 })));

export const useLanes = (): LanesData => {
  const { client } = useApp();
  const objects = useAppState(objectsOf);
  const sessionId = useAppState((s) => s.host?.session?.id ?? null);
  const told = useAppState((s) => s.host?.session?.memory.switches ?? noSwitches);
  const [lanes, setLanes] = useState<ReadonlyMap<number, LaneIndex>>(new Map());
  const fetched = useRef(new Map<number, number>());
  const fetchedAt = useRef(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another clip has other lanes
  useEffect(() => {
    fetched.current.clear();
    setLanes(new Map());
  }, [sessionId]);

  useEffect(() => {
    const changed = objects.filter(({ id, laneRevision }) => fetched.current.get(id) !== laneRevision);
    if (changed.length === 0) return;
    const timer = setTimeout(
      () => {
        fetchedAt.current = performance.now();
        for (const { id, laneRevision } of changed) {
          fetched.current.set(id, laneRevision);
          client.call('object.lane', { objectId: id }).then(
            ({ runs }) => {
              const index = new LaneIndex(runs.map(([first, last, kind, level]) => ({ first, last, kind, confidence: level / 255 })));
              setLanes((known) => new Map(known).set(id, index));
            },
            // The object may be gone; the next state says so.
            () => fetched.current.delete(id),
          );
        }
      },
      Math.max(0, fetchedAt.current + leastMsBetween - performance.now()),
    );
    return () => clearTimeout(timer);
  }, [client, objects]);

  const laneOf = useCallback((object: TrackedObject): LaneIndex => lanes.get(object.id) ?? plainLane(object), [lanes]);
  const switches = useMemo(() => {
    const byObject = new Map<number, number[]>();
    for (const { objectId, frame } of told) byObject.set(objectId, [...(byObject.get(objectId) ?? []), frame]);
    return byObject;
  }, [told]);
  return { laneOf, switches };
};
