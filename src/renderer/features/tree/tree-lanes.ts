/** An object's memory tree as lanes: one row per branch, from its first frame to its last. */
import type { TreeEvent } from '../../../shared/memory-tree.ts';

export interface LaneBranch {
  branch: number;
  parent: number | null;
  row: number;
  from: number;
  to: number;
  end: 'alive' | 'pruned' | 'merged';
  /** The branch it was merged into. */
  into: number | null;
  /** [frame, ln score] while it had rivals, by frame; 0 = the best. */
  scores: [number, number][];
}

export interface TreeLanes {
  branches: LaneBranch[];
  rows: number;
  switches: { frame: number; from: number; to: number }[];
  /** Which branch leads on which frames, inclusive, in the order it came about. */
  leads: { branch: number; from: number; to: number }[];
}

/**
 * @param events of one object, by frame
 * @param lastFrame newest frame of the object; branches that live reach up to it
 */
export const treeLanes = (events: readonly TreeEvent[], lastFrame: number): TreeLanes => {
  const branches = new Map<number, LaneBranch>();
  const switches: TreeLanes['switches'] = [];
  const leads: TreeLanes['leads'] = [];
  const endAt = (branch: number, frame: number, end: 'pruned' | 'merged', into: number | null): void => {
    const lane = branches.get(branch);
    if (lane) Object.assign(lane, { to: frame, end, into });
    const lead = leads.at(-1);
    if (lead?.branch === branch) lead.to = frame;
  };
  for (const event of events) {
    if (event.type === 'spawned') {
      const { branch, parent, frame } = event;
      branches.set(branch, { branch, parent, row: 0, from: frame, to: lastFrame, end: 'alive', into: null, scores: [] });
      if (parent === null) leads.push({ branch, from: frame, to: lastFrame });
    } else if (event.type === 'pruned') endAt(event.branch, event.frame, 'pruned', null);
    else if (event.type === 'merged') endAt(event.branch, event.frame, 'merged', event.into);
    else if (event.type === 'switched') {
      const { frame, from, to, amendedFrom } = event;
      switches.push({ frame, from, to });
      const former = leads.at(-1);
      if (former) former.to = Math.min(former.to, amendedFrom);
      leads.push({ branch: to, from: amendedFrom, to: lastFrame });
    } else for (const { branch, score } of event.scores) branches.get(branch)?.scores.push([event.frame, score]);
  }
  return { ...withRows([...branches.values()]), switches, leads };
};

/** Each branch takes the first row that is free over all its frames. */
const withRows = (branches: LaneBranch[]): { branches: LaneBranch[]; rows: number } => {
  const rows: { from: number; to: number }[][] = [];
  for (const lane of branches) {
    const [from, to] = [Math.min(lane.from, lane.to), Math.max(lane.from, lane.to)];
    let row = rows.findIndex((taken) => taken.every((other) => to < other.from || from > other.to));
    if (row < 0) row = rows.push([]) - 1;
    rows[row]!.push({ from, to });
    lane.row = row;
  }
  return { branches, rows: rows.length };
};

/** Scores on a frame, best first; null where the object had one branch only or none. */
export const scoresOn = (events: readonly TreeEvent[], frame: number) =>
  events.find((event) => event.type === 'scored' && event.frame === frame) ?? null;
