/**
 * What of the log of memories still counts: a frame that is tracked again has what was told of its objects before
 * replaced.
 */
import { noTreeEvents, type TreeCounters } from '../../../shared/memory-tree.ts';
import type { TreeEntry } from '../results/tree-store.ts';

/**
 * Fewer entries that give a store the same events, doubts, switches and counters, in the same order.
 * @param entries as they were told, the oldest first
 */
export const compactEntries = (entries: readonly TreeEntry[]): TreeEntry[] => {
  const kept: TreeEntry[] = [];
  const counted: TreeCounters = noTreeEvents();
  const count = (of: Partial<TreeCounters>): void => {
    for (const [name, times] of Object.entries(of)) counted[name as keyof TreeCounters] += times;
  };
  /** Objects that were tracked again, by frame. */
  const later = new Map<number, Set<number>>();
  const isReplaced = (objectId: number, frame: number): boolean => later.get(frame)?.has(objectId) ?? false;
  for (const entry of entries.toReversed()) {
    const { frame, objectIds } = entry;
    const events = entry.events.filter((event) => {
      // The list of switches goes by the frame that told of it.
      const isGone = isReplaced(event.objectId, event.frame) && (event.type !== 'switched' || isReplaced(event.objectId, frame));
      if (isGone) count({ [event.type]: 1 });
      return !isGone;
    });
    const uncertainty = entry.uncertainty.filter((doubt) => !isReplaced(doubt.objectId, doubt.frame));
    const findings = keptFindings(entry, isReplaced);
    count({ ...entry.counted, amendedFrames: (entry.counted?.amendedFrames ?? 0) + entry.amendedFrames });
    // What it replaced is not there any more, so it need not say whom it was about.
    if (events.length + uncertainty.length > 0 || findings)
      kept.push({ frame, objectIds: [], events, uncertainty, amendedFrames: 0, ...(findings && { findings }) });
    const there = later.get(frame);
    if (there) for (const id of objectIds) there.add(id);
    else later.set(frame, new Set(objectIds));
  }
  const sum: TreeEntry = { frame: 0, objectIds: [], events: [], uncertainty: [], amendedFrames: 0, counted };
  return [sum, ...kept.reverse()];
};

/** What is left of a frame's findings; undefined where nothing is. */
const keptFindings = ({ frame, findings }: TreeEntry, isReplaced: (objectId: number, frame: number) => boolean): TreeEntry['findings'] => {
  if (!findings) return undefined;
  const overlaps = findings.overlaps.filter(([a, b]) => !isReplaced(a, frame) && !isReplaced(b, frame));
  const jumps = findings.jumps.filter((objectId) => !isReplaced(objectId, frame));
  const { cut } = findings;
  return overlaps.length + jumps.length > 0 || cut !== null ? { overlaps, jumps, cut } : undefined;
};
