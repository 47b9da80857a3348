/** What the lanes show of each object: fetched when the host says that it changed, indexed once, drawn many times. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { TrackedObject } from '../../../shared/contract/state.ts';
import type { Lane } from '../../../shared/session-state.ts';
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
  LaneIndex.of(results.map(([first, last]): LaneRun => ({ first, last, kind: 'present', confidence: 1 })));

export const useLanes = (): LanesData => {
  const { client } = useApp();
  const objects = useAppState(objectsOf);
  const sessionId = useAppState((s) => s.session?.id ?? null);
  const told = useAppState((s) => s.session?.memory.switches ?? noSwitches);
  const [lanes, setLanes] = useState<ReadonlyMap<number, LaneIndex>>(new Map());
  /** By object, the revision that its lane is of. */
  const known = useRef(new Map<number, number>());
  const fetchedAt = useRef(0);
  const [isFetching, setIsFetching] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another clip has other lanes
  useEffect(() => {
    known.current = new Map();
    setLanes(new Map());
  }, [sessionId]);

  useEffect(() => {
    if (isFetching || sessionId === null) return;
    const changed = objects.filter(({ id, laneRevision }) => (known.current.get(id) ?? -1) < laneRevision);
    if (changed.length === 0) return;
    const revisions = known.current;
    const fetchChanged = async (): Promise<void> => {
      setIsFetching(true);
      fetchedAt.current = performance.now();
      let told: { id: number; lane: Lane | null }[] = [];
      const show = (): void => {
        const fresh = told;
        told = [];
        shownAt = performance.now();
        setLanes((before) => {
          const next = new Map(before);
          for (const { id, lane } of fresh) if (lane) next.set(id, (before.get(id) ?? LaneIndex.none).with(lane.pages, lane.isWhole));
          return next;
        });
      };
      let shownAt = performance.now();
      // One after another: a picture that is asked for meanwhile waits for one lane of a long clip, not for all.
      for (const { id, laneRevision } of changed) {
        const since = revisions.get(id) ?? 0;
        // The object may be gone; the next state says so.
        const lane = await client.call('object.lane', { sessionId, objectId: id, since }).catch(() => null);
        revisions.set(id, Math.max(lane?.revision ?? 0, laneRevision));
        // Another clip was opened meanwhile.
        if (revisions !== known.current) break;
        told.push({ id, lane });
        if (performance.now() - shownAt > leastMsBetween) show();
      }
      setIsFetching(false);
      if (revisions === known.current) show();
    };
    const timer = setTimeout(() => void fetchChanged(), Math.max(0, fetchedAt.current + leastMsBetween - performance.now()));
    return () => clearTimeout(timer);
  }, [client, sessionId, objects, isFetching]);

  const laneOf = useCallback((object: TrackedObject): LaneIndex => lanes.get(object.id) ?? plainLane(object), [lanes]);
  const switches = useMemo(() => {
    const byObject = new Map<number, number[]>();
    for (const { objectId, frame } of told) byObject.set(objectId, [...(byObject.get(objectId) ?? []), frame]);
    return byObject;
  }, [told]);
  return { laneOf, switches };
};
