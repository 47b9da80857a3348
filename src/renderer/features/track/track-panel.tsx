/** Track and its progress. The one button starts, and while tracking cancels. */
import { ArrowLeftRight, ArrowLeftToLine, ArrowRightToLine, Crosshair, Square } from 'lucide-react';
import type { TrackDirection } from '../../../shared/contract.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { runningOperation } from '../../state/window-state.ts';
import { CommandButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { formatDuration, formatSpeed } from '../../ui/format.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import styles from './track-panel.module.css';

const directions: { value: TrackDirection; label: string; title: string; Icon: typeof ArrowLeftRight }[] = [
  { value: 'backward', label: 'Backward', title: 'From the last prompt to the start of the clip', Icon: ArrowLeftToLine },
  { value: 'both', label: 'Both', title: 'The whole clip, from the first prompt both ways', Icon: ArrowLeftRight },
  { value: 'forward', label: 'Forward', title: 'From the first prompt to the end of the clip', Icon: ArrowRightToLine },
];

export const TrackPanel = () => {
  const { store } = useApp();
  const operation = useAppState((s) => runningOperation(s, 'track'));
  const hasPrompts = useAppState((s) => s.host?.session?.objects.some((object) => object.prompts.length > 0) ?? false);
  const direction = useAppState((s) => s.trackDirection);
  return (
    <section className={styles.panel} aria-label="Tracking">
      <fieldset className={styles.directions} disabled={operation !== null}>
        <legend className={styles.legend}>Direction</legend>
        {directions.map(({ value, label, title, Icon }) => (
          <label key={value} title={title} className={cx(styles.direction, direction === value && styles.chosen)}>
            <input
              type="radio"
              name="direction"
              className={styles.radio}
              checked={direction === value}
              onChange={() => store.setState({ trackDirection: value })}
            />
            <Icon size={14} /> {label}
          </label>
        ))}
      </fieldset>
      {operation ? (
        <>
          <CommandButton command="operation.cancel" variant="danger" size="large" className={styles.wide} label="Cancel tracking">
            <Square size={12} fill="currentColor" /> Cancel <span className={styles.hint}>Esc</span>
          </CommandButton>
          <ProgressBar label="Tracking progress" done={operation.done} total={operation.total} />
          <p className={styles.progress}>
            <span>
              {operation.done.toLocaleString('en')} / {operation.total.toLocaleString('en')} frames
            </span>
            {operation.framesPerSecond !== null && <span>{formatSpeed(operation.framesPerSecond)} frames/s</span>}
            {operation.etaMs !== null && <span>{formatDuration(operation.etaMs)} left</span>}
          </p>
        </>
      ) : (
        <>
          <CommandButton command="track.start" variant="primary" size="large" className={styles.wide} label="Track">
            <Crosshair size={16} /> Track <span className={styles.hint}>T</span>
          </CommandButton>
          <p className={styles.note}>
            {hasPrompts
              ? 'Objects are followed through the clip. Correct a frame by clicking in it, then track again.'
              : 'Click an object in the picture first.'}
          </p>
        </>
      )}
    </section>
  );
};
