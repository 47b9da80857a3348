/** In the status bar: how the live source comes, and what of it is tracked. */

import { formatBytes } from '../../../shared/format-bytes.ts';
import { formatCount } from '../../../shared/language.ts';
import { useAppState } from '../../app/app-context.ts';
import { liveOf } from '../../state/window-state.ts';
import { formatSpeed, formatTime } from '../../ui/format.ts';
import styles from './live.module.css';
import { liveText as text } from './strings.ts';

export const LiveStatus = () => {
  const live = useAppState(liveOf);
  if (!live) return null;
  const { sourceFps, shownFps, dropped, latencyMs, recordedMs, recordedBytes } = live;
  return (
    <section className={styles.status} aria-label={text.status}>
      {sourceFps !== null && shownFps !== null && (
        <span title={text.ratesTitle}>{text.rates(formatSpeed(shownFps), formatSpeed(sourceFps))}</span>
      )}
      {latencyMs !== null && <span title={text.latencyTitle}>{text.latency(formatCount(Math.round(latencyMs)))}</span>}
      {dropped > 0 && <span title={text.droppedTitle}>{text.dropped(formatCount(dropped))}</span>}
      <span>{text.recorded(formatTime(recordedMs), formatBytes(recordedBytes))}</span>
    </section>
  );
};
