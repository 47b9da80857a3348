/** In the place of the filmstrip while the source is live: which part can be gone back to. */
import { useAppState } from '../../app/app-context.ts';
import { liveOf } from '../../state/window-state.ts';
import { type LaneSpan, xOfEdge } from './lane-geometry.ts';
import { timelineText } from './strings.ts';
import styles from './timeline.module.css';
import type { TimelineRange } from './timeline-view.ts';

export const LiveBuffer = ({ span, range }: { span: LaneSpan; range: TimelineRange }) => {
  const buffer = useAppState((s) => liveOf(s)?.buffer ?? null);
  const within = (x: number): number => Math.min(span.left + span.width, Math.max(span.left, x));
  const left = buffer ? within(xOfEdge(buffer.from, range, span)) : 0;
  const width = buffer ? within(xOfEdge(buffer.to + 1, range, span)) - left : 0;
  return (
    <div className={styles.buffer}>
      <span className={styles.bufferLabel}>{timelineText.buffer}</span>
      <span className={styles.bufferRange} style={{ left, width }} />
    </div>
  );
};
