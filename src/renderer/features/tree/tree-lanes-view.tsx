/** The lanes of a memory tree over the clip's frames. */
import type { PointerEvent } from 'react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { cx } from '../../ui/cx.ts';
import { treeText as text } from './strings.ts';
import type { LaneBranch, TreeLanes } from './tree-lanes.ts';
import styles from './tree-panel.module.css';

const rowHeight = 22;
const top = 8;
/** ln score at which a lane has sunk by its full depth: half the best one's. */
const deepest = Math.log(2);
const depth = 12;

export interface TreeLanesViewProps {
  lanes: TreeLanes;
  frameCount: number;
}

export const TreeLanesView = ({ lanes, frameCount }: TreeLanesViewProps) => {
  const { player } = useApp();
  const playhead = useAppState((s) => s.playhead);
  const height = top * 2 + Math.max(1, lanes.rows) * rowHeight;
  const xOf = (frame: number): number => (frame / Math.max(1, frameCount - 1)) * 1000;
  const yOf = (row: number): number => top + row * rowHeight + 3;
  const byId = new Map(lanes.branches.map((lane) => [lane.branch, lane]));
  const seek = (event: PointerEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    player.seek(Math.round(share * (frameCount - 1)));
  };
  return (
    <svg
      className={styles.lanes}
      viewBox={`0 0 1000 ${height}`}
      height={height}
      preserveAspectRatio="none"
      role="img"
      aria-label={text.counts(lanes.branches.length, lanes.switches.length)}
      onPointerDown={seek}
    >
      {lanes.branches.map((lane) => {
        const parent = lane.parent === null ? undefined : byId.get(lane.parent);
        const into = lane.into === null ? undefined : byId.get(lane.into);
        return (
          <g key={lane.branch}>
            <title>{titleOf(lane)}</title>
            {parent && <line className={styles.link} x1={xOf(lane.from)} x2={xOf(lane.from)} y1={yOf(parent.row)} y2={yOf(lane.row)} />}
            {into && <line className={styles.link} x1={xOf(lane.to)} x2={xOf(lane.to)} y1={yOf(lane.row)} y2={yOf(into.row)} />}
            <polyline className={styles.branch} points={pointsOf(lane, xOf, yOf(lane.row))} />
          </g>
        );
      })}
      {lanes.leads.map(({ branch, from, to }) => {
        const lane = byId.get(branch);
        return (
          lane && (
            <polyline
              key={`${branch}:${from}`}
              className={cx(styles.branch, styles.leading)}
              points={pointsOf(
                { ...lane, from, to, scores: lane.scores.filter(([frame]) => frame >= from && frame <= to) },
                xOf,
                yOf(lane.row),
              )}
            />
          )
        );
      })}
      {lanes.switches.map(({ frame, from, to }) => (
        <g key={frame}>
          <title>{text.switched(frame, from, to)}</title>
          <line className={styles.switch} x1={xOf(frame)} x2={xOf(frame)} y1={0} y2={height} />
        </g>
      ))}
      <line className={styles.playhead} x1={xOf(playhead)} x2={xOf(playhead)} y1={0} y2={height} />
    </svg>
  );
};

const titleOf = ({ branch, from, to, end, into }: LaneBranch): string => {
  const until = end === 'alive' ? text.alive : end === 'merged' ? text.merged(into, to) : text.dropped(to);
  return text.life(branch, from, until);
};

/** A line that sinks with the branch's score. */
const pointsOf = (lane: LaneBranch, xOf: (frame: number) => number, y: number): string => {
  const inner = lane.scores.map(([frame, score]) => `${xOf(frame)},${y + Math.min(1, -score / deepest) * depth}`);
  return [`${xOf(lane.from)},${y}`, ...inner, ...(lane.end === 'alive' ? [`${xOf(lane.to)},${y}`] : [])].join(' ');
};
