/** Playback controls and the scrubber. */
import { ChevronFirst, ChevronLast, Pause, Play, SkipBack, SkipForward } from 'lucide-react';
import { useAppState } from '../../app/app-context.ts';
import { CommandButton } from '../../ui/button.tsx';
import { formatRate, formatTime } from '../../ui/format.ts';
import { Lanes } from './lanes.tsx';
import styles from './timeline.module.css';

export const Timeline = () => {
  const media = useAppState((s) => s.host?.session?.media ?? null);
  return (
    <section className={styles.timeline} aria-label="Timeline">
      <div className={styles.controls}>
        <div className={styles.time}>
          <Position />
        </div>
        <div className={styles.buttons} role="toolbar" aria-label="Playback">
          <CommandButton command="playback.start" variant="ghost" isIcon>
            <ChevronFirst size={17} />
          </CommandButton>
          <CommandButton command="playback.previousFrame" variant="ghost" isIcon>
            <SkipBack size={15} />
          </CommandButton>
          <PlayButton />
          <CommandButton command="playback.nextFrame" variant="ghost" isIcon>
            <SkipForward size={15} />
          </CommandButton>
          <CommandButton command="playback.end" variant="ghost" isIcon>
            <ChevronLast size={17} />
          </CommandButton>
        </div>
        <div className={styles.total}>
          {media && (
            <>
              <span>{formatTime(media.durationMs)}</span>
              <span className={styles.dim}>{media.frameCount.toLocaleString('en')} frames</span>
              <span className={styles.dim}>
                {formatRate(media.averageFps)} fps{media.isVariableFrameRate ? ' (variable)' : ''}
              </span>
            </>
          )}
        </div>
      </div>
      {media && <Lanes />}
    </section>
  );
};

const Position = () => {
  const playhead = useAppState((s) => s.playhead);
  const media = useAppState((s) => s.host?.session?.media ?? null);
  if (!media) return null;
  return (
    <>
      <span className={styles.clock}>{formatTime((playhead * 1000) / media.averageFps)}</span>
      <span className={styles.dim}>
        frame <output aria-label="Frame number">{playhead}</output>
      </span>
    </>
  );
};

const PlayButton = () => {
  const isPlaying = useAppState((s) => s.isPlaying);
  return (
    <CommandButton command="playback.toggle" isIcon className={styles.play} label={isPlaying ? 'Pause' : 'Play'}>
      {isPlaying ? <Pause size={17} fill="currentColor" strokeWidth={0} /> : <Play size={17} fill="currentColor" strokeWidth={0} />}
    </CommandButton>
  );
};
