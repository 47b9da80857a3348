/** Playback controls above, ruler and lanes below. */
import type { ReactNode } from 'react';
import { useAppState } from '../../app/app-context.ts';
import { Lanes } from './lanes.tsx';
import { timelineText } from './strings.ts';
import styles from './timeline.module.css';
import { Transport } from './transport.tsx';
import { usualTimelineHeight } from './usual-height.ts';

/** @param children the line above it that is dragged: it belongs to this panel */
export const Timeline = ({ children }: { children: ReactNode }) => {
  const media = useAppState((s) => s.session?.media ?? null);
  const height = useAppState((s) => s.prefs.timelineHeight ?? usualTimelineHeight(s.session?.objects.length ?? 0));
  if (!media) return null;
  return (
    <section className={styles.panel} aria-label={timelineText.timeline}>
      {children}
      <div className={styles.timeline} style={{ height }}>
        <Transport media={media} />
        <Lanes media={media} />
      </div>
    </section>
  );
};
