/** Numbers as a user reads them. */

const two = (n: number): string => String(n).padStart(2, '0');

/** "1:02:03.45", "0:05.12": hours only when there are any. */
export const formatTime = (timeMs: number): string => {
  const hundredths = Math.round(Math.max(0, timeMs) / 10);
  const seconds = Math.floor(hundredths / 100);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const tail = `${two(seconds % 60)}.${two(hundredths % 100)}`;
  return hours > 0 ? `${hours}:${two(minutes % 60)}:${tail}` : `${minutes}:${tail}`;
};

/** "7.63 s". */
export const formatSeconds = (timeMs: number): string => `${Number((timeMs / 1000).toFixed(2))} s`;

/** "01:02:03:14": hours to frames, counted at whole frames a second without leaving out any (non-drop). */
export const formatTimecode = (frame: number, framesPerSecond: number): string => {
  const seconds = Math.floor(frame / framesPerSecond);
  const minutes = Math.floor(seconds / 60);
  return [Math.floor(minutes / 60), minutes % 60, seconds % 60, frame % framesPerSecond].map(two).join(':');
};

/** "12 s", "3 min 20 s", "1 h 5 min". */
export const formatDuration = (durationMs: number): string => {
  const seconds = Math.max(1, Math.round(durationMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** A clip's rate: "29.97", "24". */
export const formatRate = (perSecond: number): string => String(Number(perSecond.toFixed(2)));

/** A measured speed, whose digits don't come and go: "14", "6.0". */
export const formatSpeed = (perSecond: number): string => perSecond.toFixed(perSecond >= 10 ? 0 : 1);
