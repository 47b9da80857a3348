/** Track and its progress. The one button starts, and while tracking cancels. */
import { ArrowLeftRight, ArrowLeftToLine, ArrowRightToLine, Crosshair, ScanEye, Square } from 'lucide-react';
import type { TrackDirection } from '../../../shared/contract/tracking.ts';
import { useApp, useAppState, useShortcut } from '../../app/app-context.ts';
import { liveOf, marksOf, objectsOf, runningOperation, selectedObjects, trackedFrames } from '../../state/window-state.ts';
import { CommandButton } from '../../ui/button.tsx';
import { formatDuration, formatSpeed } from '../../ui/format.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { Segments } from '../../ui/segments.tsx';
import { LivePanel } from '../live/live-panel.tsx';
import { RunSummary } from '../review/run-summary.tsx';
import { SlowRun } from './slow-run.tsx';
import { trackText as text } from './strings.ts';
import styles from './track-panel.module.css';

const directions = [
  { value: 'backward', label: text.backward, title: text.backwardTitle, Icon: ArrowLeftToLine },
  { value: 'both', label: text.both, title: text.bothTitle, Icon: ArrowLeftRight },
  { value: 'forward', label: text.forward, title: text.forwardTitle, Icon: ArrowRightToLine },
] as const;

export const TrackPanel = () => {
  const isLive = useAppState((s) => liveOf(s) !== null);
  return isLive ? <LivePanel /> : <ClipPanel />;
};

const ClipPanel = () => {
  const { store } = useApp();
  const operation = useAppState((s) => runningOperation(s, 'track'));
  const direction = useAppState((s) => s.trackDirection);
  const scope = useAppState((s) => s.trackScope);
  const selected = useAppState((s) => selectedObjects(s).length);
  const count = useAppState((s) => s.session?.objects.length ?? 0);
  const isFollowing = useAppState((s) => s.isFollowing);
  const hasMarks = useAppState((s) => marksOf(s).in !== null || marksOf(s).out !== null);
  return (
    <section className={styles.panel} aria-label={text.tracking}>
      <Segments<TrackDirection>
        label={text.direction}
        choices={directions}
        value={direction}
        isDisabled={operation !== null}
        onChange={(trackDirection) => store.setState({ trackDirection })}
      />
      {count > 1 && (
        <Segments
          label={text.what}
          choices={[
            { value: 'all', label: text.all },
            { value: 'selected', label: selected > 1 ? text.severalSelected(selected) : text.selected },
          ]}
          value={scope}
          isDisabled={operation !== null}
          onChange={(trackScope) => store.setState({ trackScope })}
        />
      )}
      {operation ? (
        <>
          <CommandButton command="operation.cancel" variant="danger" size="large" className={styles.wide} label={text.cancelTracking}>
            <Square size={12} fill="currentColor" /> {text.cancel} <KeyHint command="operation.cancel" />
          </CommandButton>
          {!isFollowing && (
            <CommandButton command="track.follow" className={styles.wide} label={text.follow}>
              <ScanEye size={14} /> {text.follow} <KeyHint command="track.follow" />
            </CommandButton>
          )}
          <ProgressBar label={text.progress} done={operation.done} total={operation.total} />
          <p className={styles.progress}>
            <span>{text.frames(operation.done, operation.total)}</span>
            {operation.framesPerSecond !== null && <span>{text.speed(formatSpeed(operation.framesPerSecond))}</span>}
            {operation.etaMs !== null && <span>{text.left(formatDuration(operation.etaMs))}</span>}
          </p>
          <SlowRun operation={operation} />
        </>
      ) : (
        <StartButtons hasMarks={hasMarks} />
      )}
    </section>
  );
};

const StartButtons = ({ hasMarks }: { hasMarks: boolean }) => {
  const isTracked = useAppState((s) => objectsOf(s).some((object) => trackedFrames(object) > object.prompts.length));
  const hasPrompts = useAppState((s) => s.session?.objects.some((object) => object.prompts.length > 0) ?? false);
  return (
    <>
      <CommandButton command="track.start" variant="primary" size="large" className={styles.wide} label={text.track}>
        <Crosshair size={16} /> {text.track} <KeyHint command="track.start" />
      </CommandButton>
      {hasMarks && (
        <CommandButton command="track.range" className={styles.wide}>
          <span className={styles.range} /> {text.range}
        </CommandButton>
      )}
      <RunSummary />
      {!isTracked && <p className={styles.note}>{hasPrompts ? text.how : text.first}</p>}
    </>
  );
};

/** To be seen; read out it is the button's own shortcut. */
const KeyHint = ({ command }: { command: 'track.start' | 'track.follow' | 'operation.cancel' }) => {
  const key = useShortcut(command);
  return key ? <span className={styles.hint} data-key={key} /> : null;
};
