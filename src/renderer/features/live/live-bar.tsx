/**
 * Above the picture of a live source: whether it is live, what is wrong, how far behind the view is, and the way back.
 */
import { CircleStop, Pause, Radio, X } from 'lucide-react';
import type { TrackedObject } from '../../../shared/contract/state.ts';
import type { LiveState } from '../../../shared/live.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { useFrameTimes } from '../../playback/use-frame-times.ts';
import { isStreamView, liveOf, objectsOf } from '../../state/window-state.ts';
import { Button, CommandButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { streamText } from '../streams/strings.ts';
import styles from './live.module.css';
import { liveText as text } from './strings.ts';
import { useCountdown } from './use-countdown.ts';

export const LiveBar = () => {
  const live = useAppState(liveOf);
  return live ? <Bar live={live} /> : null;
};

const Bar = ({ live }: { live: LiveState }) => {
  const { player } = useApp();
  const isFollowing = useAppState((s) => s.isFollowing);
  const isStream = useAppState(isStreamView);
  const isStanding = live.phase === 'live';
  const isEnding = live.phase === 'ending' || live.phase === 'failed';
  return (
    <section className={styles.bar} aria-label={text.bar}>
      <span className={cx(styles.badge, isStanding ? isFollowing && styles.live : styles.waiting)}>
        <span className={styles.dot} aria-hidden="true" />
        {isStanding ? (isFollowing ? text.live : text.paused) : text.waiting}
      </span>
      <span className={styles.title} title={live.title}>
        {live.title}
      </span>
      <p className={styles.told} role="status">
        {isStanding ? <Behind live={live} /> : <Problem live={live} />}
      </p>
      {!isFollowing && live.buffer !== null && !isEnding && (
        <CommandButton command="track.follow" size="small" label={text.goLive}>
          <Radio size={13} /> {text.goLive}
        </CommandButton>
      )}
      {isFollowing && isStanding && (
        <Button size="small" aria-label={text.pause} title={text.pauseTitle} onClick={() => player.hold()}>
          <Pause size={12} /> {text.pause}
        </Button>
      )}
      {isStream ? (
        <CommandButton command="tab.close" size="small" label={streamText.closeView} title={streamText.closeViewTitle}>
          <X size={13} /> {streamText.closeView}
        </CommandButton>
      ) : (
        <CommandButton command="live.stop" size="small" variant="danger" label={text.stop} disabled={isEnding}>
          <CircleStop size={13} /> {text.stop}
        </CommandButton>
      )}
    </section>
  );
};

/** Less than this behind is as good as live. */
const leastToldMs = 2000;

/** The last frame on which every object with prompts has a result; null where there is none to track. */
const trackedUntil = (objects: readonly TrackedObject[]): number | null => {
  const ends = objects
    .filter(({ prompts, locked }) => prompts.length > 0 && !locked)
    .map(({ prompts, results }) => Math.max(results.at(-1)?.[1] ?? 0, prompts.at(-1)!.frame));
  return ends.length > 0 ? Math.min(...ends) : null;
};

const Behind = ({ live }: { live: LiveState }) => {
  const { times } = useFrameTimes();
  const isFollowing = useAppState((s) => s.isFollowing);
  const shown = useAppState((s) => s.shownFrame);
  const trackedTo = useAppState((s) => (liveOf(s)?.isTracking ? trackedUntil(objectsOf(s)) : null));
  if (!live.buffer) return null;
  if (isFollowing) {
    const behindMs = trackedTo === null ? 0 : times.timeOf(live.buffer.to) - times.timeOf(trackedTo);
    return behindMs < leastToldMs ? null : text.catchingUp(Math.round(behindMs / 1000));
  }
  return <>{text.behind((Math.max(0, times.timeOf(live.buffer.to) - times.timeOf(shown)) / 1000).toFixed(1))}</>;
};

const Problem = ({ live }: { live: LiveState }) => {
  const { phase, attempt, problem, retryInMs } = live;
  const seconds = useCountdown(retryInMs);
  const next = phase === 'reconnecting' ? (seconds === null ? text.trying(attempt) : text.retry(seconds, attempt + 1)) : '';
  return (
    <>
      {problem?.message ?? text.phases[phase]} {next}
    </>
  );
};
