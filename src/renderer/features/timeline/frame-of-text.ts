interface Times {
  readonly frameCount: number;
  /** Frames a second that timecode counts; null where there is no timecode. */
  readonly timecodeRate?: number | null;
  nearest(timeMs: number): number;
}

/**
 * The frame a user means by "120", "1:02.5", "0:01:02", "3.2s" or the timecode "00:01:02:14"; null when it means none.
 * Beyond the end it is the last.
 */
export const frameOfText = (text: string, times: Times): number | null => {
  const wanted = text.trim();
  const last = times.frameCount - 1;
  if (/^\d+$/.test(wanted)) return Math.min(last, Number(wanted));
  const code = /^(\d+):(\d+):(\d+):(\d+)$/.exec(wanted);
  if (code && times.timecodeRate) {
    const [hours, minutes, seconds, frames] = code.slice(1).map(Number) as [number, number, number, number];
    return Math.min(last, (hours * 3600 + minutes * 60 + seconds) * times.timecodeRate + frames);
  }
  const match = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)s?$/.exec(wanted);
  if (!match) return null;
  const seconds = Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3]);
  return times.nearest(seconds * 1000);
};
