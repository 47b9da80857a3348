/** How the user wants places in the clip to be told. */
import { useAppState } from '../../app/app-context.ts';
import { useFrameTimes } from '../../playback/use-frame-times.ts';
import { formatSeconds, formatTime, formatTimecode } from '../../ui/format.ts';

/** Says where a frame is; a clip of variable frame rate has no timecode and is told in time. */
export const useClock = (): ((frame: number) => string) => {
  const { times } = useFrameTimes();
  const isTimecode = useAppState((s) => s.prefs.clock === 'timecode');
  return (frame) => {
    const rate = times.timecodeRate;
    return isTimecode && rate !== null ? formatTimecode(frame, rate) : formatTime(times.timeOf(frame));
  };
};

/** As {@link useClock}, for a sentence: "7.63 s" under a minute. */
export const usePlaceText = (): ((frame: number) => string) => {
  const clock = useClock();
  const { times } = useFrameTimes();
  const isTimecode = useAppState((s) => s.prefs.clock === 'timecode');
  return (frame) => {
    const timeMs = times.timeOf(frame);
    return timeMs >= 60_000 || (isTimecode && times.timecodeRate !== null) ? clock(frame) : formatSeconds(timeMs);
  };
};
