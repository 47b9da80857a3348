/**
 * The playhead, and the line under the pointer. Each is moved as a layer of its own, so that nothing is painted for it.
 */
import { useAppState } from '../../app/app-context.ts';
import { type LaneSpan, xOfFrame } from './lane-geometry.ts';
import styles from './timeline.module.css';
import type { TimelineRange } from './timeline-view.ts';

/** Of a marker's own width, in px. */
const middle = 6;

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
    <div className={styles.markers}>
      {hover !== null && (
        <svg aria-hidden="true" className={styles.marker} height={height} style={{ transform: `translateX(${hoverX - middle}px)` }}>
          <line className={styles.hoverLine} x1={middle} x2={middle} y1={0} y2={height} />
        </svg>
      )}
      {isInView && (
        <svg
          aria-hidden="true"
          data-part="playhead"
          className={styles.marker}
          height={height}
          style={{ transform: `translateX(${xOfFrame(playhead, range, span) - middle}px)` }}
        >
          <line className={styles.playhead} x1={middle} x2={middle} y1={12} y2={height} />
          <path className={styles.playheadGrip} d={`M${middle - 5.5} 2h11v7l-5.500 5.500l-5.500-5.500z`} />
        </svg>
      )}
    </div>
  );
};
