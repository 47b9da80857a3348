/** The frame a user means by "120", "1:02.5", "0:01:02" or "3.2s"; null when it means none. Beyond the end it is the last. */
export const frameOfText = (text: string, framesPerSecond: number, frameCount: number): number | null => {
  const wanted = text.trim();
  let frame: number;
  if (/^\d+$/.test(wanted)) frame = Number(wanted);
  else {
    const match = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)s?$/.exec(wanted);
    if (!match) return null;
    const seconds = Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3]);
    frame = Math.round(seconds * framesPerSecond);
  }
  return Math.min(frameCount - 1, frame);
};
