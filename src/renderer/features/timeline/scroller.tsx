/** The bar below the lanes: which part of the clip is in view. Drag it to scroll. */
import { type PointerEvent, useRef } from 'react';
import { useApp } from '../../app/app-context.ts';
import { timelineText } from './strings.ts';
import styles from './timeline.module.css';
import type { TimelineRange } from './timeline-view.ts';

export const Scroller = ({ range, left }: { range: TimelineRange; left: number }) => {
  const { timeline } = useApp();
  const bar = useRef<HTMLDivElement>(null);
  const last = useRef<number | null>(null);
  const { start, span, frameCount } = range;
  if (span >= frameCount) return <div className={styles.scroller} />;
  const onMove = (event: PointerEvent): void => {
    if (last.current === null || !bar.current) return;
    timeline.scrollBy(((event.clientX - last.current) / bar.current.clientWidth) * frameCount);
    last.current = event.clientX;
  };
  return (
    <div className={styles.scroller} style={{ marginLeft: left }}>
      <div ref={bar} className={styles.track}>
        <div
          role="scrollbar"
          tabIndex={-1}
          aria-label={timelineText.scroll}
          aria-controls="timeline-lanes"
          aria-orientation="horizontal"
          aria-valuemin={0}
          aria-valuemax={Math.round(frameCount - span)}
          aria-valuenow={Math.round(start)}
          className={styles.thumb}
          style={{ left: `${(100 * start) / frameCount}%`, width: `${(100 * span) / frameCount}%` }}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            last.current = event.clientX;
          }}
          onPointerMove={onMove}
          onPointerUp={() => {
            last.current = null;
          }}
        />
      </div>
    </div>
  );
};
