/** The frame a user means by "120", "1:02.5", "0:01:02" or "3.2s"; null when it means none. Beyond the end it is the last. */
export const frameOfText = (text: string, times: { readonly frameCount: number; nearest(timeMs: number): number }): number | null => {
  const wanted = text.trim();
  if (/^\d+$/.test(wanted)) return Math.min(times.frameCount - 1, Number(wanted));
  const match = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)s?$/.exec(wanted);
  if (!match) return null;
  const seconds = Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3]);
  return times.nearest(seconds * 1000);
};
