/** Playback controls above, ruler and lanes below. */
import { useAppState } from '../../app/app-context.ts';
import { Lanes } from './lanes.tsx';
import { timelineText } from './strings.ts';
import styles from './timeline.module.css';
import { Transport } from './transport.tsx';
import { usualTimelineHeight } from './usual-height.ts';

export const Timeline = () => {
  const media = useAppState((s) => s.host?.session?.media ?? null);
  const height = useAppState((s) => s.prefs.timelineHeight ?? usualTimelineHeight(s.host?.session?.objects.length ?? 0));
  if (!media) return null;
  return (
    <section className={styles.timeline} style={{ height }} aria-label={timelineText.timeline}>
      <Transport media={media} />
      <Lanes media={media} />
    </section>
  );
};
