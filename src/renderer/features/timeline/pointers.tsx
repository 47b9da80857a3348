/** The playhead, and the line under the pointer. */
import { useAppState } from '../../app/app-context.ts';
import { type LaneSpan, xOfFrame } from './lane-geometry.ts';
import styles from './timeline.module.css';
import type { TimelineRange } from './timeline-view.ts';

interface PointersProps {
  span: LaneSpan;
  range: TimelineRange;
  hover: number | null;
  height: number;
}

export const Pointers = ({ span, range, hover, height }: PointersProps) => {
  const playhead = useAppState((s) => s.playhead);
  const isInView = playhead >= range.start - 1 && playhead <= range.start + range.span;
  const hoverX = hover === null ? 0 : xOfFrame(hover, range, span);
  return (
    <svg className={styles.markers} height={height} aria-hidden="true">
      {hover !== null && (
        <g transform={`translate(${hoverX} 0)`}>
          <line className={styles.hoverLine} y1={0} y2={height} />
        </g>
      )}
      {isInView && (
        <g data-part="playhead" transform={`translate(${xOfFrame(playhead, range, span)} 0)`}>
          <line className={styles.playhead} y1={12} y2={height} />
          <path className={styles.playheadGrip} d="M-5.500 2h11v7l-5.500 5.500l-5.500-5.500z" />
        </g>
      )}
    </svg>
  );
};
