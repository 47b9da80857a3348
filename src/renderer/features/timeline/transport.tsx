/** Where the playhead is, playback, marks and the timeline's zoom. */
import {
  ChevronFirst,
  ChevronLast,
  ChevronsLeftRight,
  CircleSlash2,
  Pause,
  Play,
  SkipBack,
  SkipForward,
  ZoomIn,
  ZoomOut,
} from 'lucide-react';
import type { Media } from '../../../shared/contract/state.ts';
import { useApp, useAppState, useShortcut } from '../../app/app-context.ts';
import { useFrameTimes } from '../../playback/use-frame-times.ts';
import { addToast } from '../../state/app-store.ts';
import { liveOf, marksOf } from '../../state/window-state.ts';
import { CommandButton } from '../../ui/button.tsx';
import { formatRate, formatTime } from '../../ui/format.ts';
import { frameOfText } from './frame-of-text.ts';
import { timelineText as text } from './strings.ts';
import styles from './timeline.module.css';
import { useClock } from './use-clock.ts';

export const Transport = ({ media }: { media: Media }) => (
  <div className={styles.controls}>
    <div className={styles.time}>
      <Position />
    </div>
    <div className={styles.buttons} role="toolbar" aria-label={text.playback}>
      <CommandButton command="playback.start" variant="ghost" size="small" isIcon>
        <ChevronFirst size={17} />
      </CommandButton>
      <CommandButton command="playback.previousFrame" variant="ghost" size="small" isIcon>
        <SkipBack size={15} />
      </CommandButton>
      <PlayButton />
      <CommandButton command="playback.nextFrame" variant="ghost" size="small" isIcon>
        <SkipForward size={15} />
      </CommandButton>
      <CommandButton command="playback.end" variant="ghost" size="small" isIcon>
        <ChevronLast size={17} />
      </CommandButton>
    </div>
    <div className={styles.right}>
      <MarkButtons media={media} />
      <div className={styles.buttons} role="toolbar" aria-label={text.zoom}>
        <CommandButton command="timeline.zoomOut" variant="ghost" size="small" isIcon>
          <ZoomOut size={15} />
        </CommandButton>
        <CommandButton command="timeline.fit" variant="ghost" size="small" isIcon>
          <ChevronsLeftRight size={15} />
        </CommandButton>
        <CommandButton command="timeline.zoomIn" variant="ghost" size="small" isIcon>
          <ZoomIn size={15} />
        </CommandButton>
      </div>
      <span className={styles.clip}>
        {formatTime(media.durationMs)} · {text.frames(media.frameCount)} ·{' '}
        {text.rate(formatRate(media.averageFps), media.isVariableFrameRate)}
      </span>
    </div>
  </div>
);

const Position = () => {
  const { player, store, run } = useApp();
  const playhead = useAppState((s) => s.playhead);
  const isEditing = useAppState((s) => s.isAskingPlace);
  const key = useShortcut('playback.goTo');
  const end = (): void => store.setState({ isAskingPlace: false });
  const { times } = useFrameTimes();
  const clock = useClock()(playhead);
  const go = (value: string): void => {
    // As editors have it: so many frames from here.
    const frame = /^[+-]\d+$/.test(value.trim()) ? playhead + Number(value) : frameOfText(value, times);
    if (frame !== null) player.seek(frame);
    else if (value.trim()) addToast(store, 'info', text.noPlace(value.trim()));
    end();
  };
  return (
    <>
      {isEditing ? (
        <input
          type="text"
          className={styles.goTo}
          aria-label={text.goTo}
          title={text.goToHelp}
          defaultValue={playhead}
          // biome-ignore lint/a11y/noAutofocus: the user has just asked for this field
          autoFocus
          onFocus={(event) => event.target.select()}
          onBlur={end}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === 'Enter') go(event.currentTarget.value);
            if (event.key === 'Escape') end();
          }}
        />
      ) : (
        <button
          type="button"
          className={styles.clock}
          title={key ? `${text.goTo}  (${key})` : text.goTo}
          aria-label={`${clock}: ${text.goTo}`}
          onClick={() => run('playback.goTo')}
        >
          {clock}
        </button>
      )}
      <span className={styles.dim}>
        {text.frame} <output aria-label={text.frameNumber}>{playhead}</output>
      </span>
    </>
  );
};

const PlayButton = () => {
  const isPlaying = useAppState((s) => s.isPlaying || (s.isFollowing && liveOf(s) !== null));
  const rate = useAppState((s) => (s.isPlaying ? s.shuttleRate : 1));
  return (
    <CommandButton command="playback.toggle" isIcon className={styles.play} label={isPlaying ? text.pause : text.play}>
      {isPlaying ? <Pause size={16} fill="currentColor" strokeWidth={0} /> : <Play size={16} fill="currentColor" strokeWidth={0} />}
      {rate !== 1 && <span className={styles.speed}>{text.speed(rate)}</span>}
    </CommandButton>
  );
};

const MarkButtons = ({ media }: { media: Media }) => {
  const marks = useAppState(marksOf);
  const isMarked = marks.in !== null || marks.out !== null;
  return (
    <div className={styles.buttons} role="toolbar" aria-label={text.marks}>
      {isMarked && <span className={styles.dim}>{text.range((marks.out ?? media.frameCount - 1) - (marks.in ?? 0) + 1)}</span>}
      <CommandButton command="mark.in" variant="ghost" size="small" isIcon isPressed={marks.in !== null}>
        <span className={styles.bracket}>[</span>
      </CommandButton>
      <CommandButton command="mark.out" variant="ghost" size="small" isIcon isPressed={marks.out !== null}>
        <span className={styles.bracket}>]</span>
      </CommandButton>
      {isMarked && (
        <CommandButton command="mark.clear" variant="ghost" size="small" isIcon>
          <CircleSlash2 size={14} />
        </CommandButton>
      )}
    </div>
  );
};
