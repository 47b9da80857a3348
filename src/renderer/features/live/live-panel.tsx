/** What is in the place of the track panel while the source is live: following objects, on or off. */
import { CircleStop } from 'lucide-react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { isStreamView, liveOf } from '../../state/window-state.ts';
import { CommandButton } from '../../ui/button.tsx';
import { Segments } from '../../ui/segments.tsx';
import styles from './live.module.css';
import { liveText as text } from './strings.ts';

const choices = [
  { value: 'on', label: text.on },
  { value: 'off', label: text.off },
] as const;

export const LivePanel = () => {
  const { callSession, attempt } = useApp();
  const isTracking = useAppState((s) => liveOf(s)?.isTracking ?? false);
  const isEnding = useAppState((s) => ['ending', 'failed'].includes(liveOf(s)?.phase ?? ''));
  const isStream = useAppState(isStreamView);
  const hasPrompts = useAppState((s) => s.session?.objects.some(({ prompts }) => prompts.length > 0) ?? false);
  return (
    <section className={styles.panel} aria-label={text.panel}>
      <div className={styles.row}>
        <span>{text.tracking}</span>
        <Segments<'on' | 'off'>
          label={text.tracking}
          choices={choices}
          value={isTracking ? 'on' : 'off'}
          isDisabled={isEnding}
          onChange={(value) => void attempt(callSession('live.setTracking', { isOn: value === 'on' }))}
        />
      </div>
      <p className={styles.note}>{hasPrompts ? (isTracking ? text.following : text.notFollowing) : text.first}</p>
      {isStream ? (
        <p className={styles.note}>{text.ofStream}</p>
      ) : (
        <>
          <CommandButton command="live.stop" variant="danger" size="large" className={styles.wide} label={text.stop} disabled={isEnding}>
            <CircleStop size={15} /> {text.stop}
          </CommandButton>
          <p className={styles.note}>{text.later}</p>
        </>
      )}
    </section>
  );
};
