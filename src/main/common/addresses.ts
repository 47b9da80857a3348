/** Which network addresses a user may open. */

/** ffmpeg opens them by network protocols alone (engine/media/network-source.ts): they never lead to a file. */
const schemes = /^(https?|rtsps?|rtmps?|srt):\/\//i;

export const isNetworkAddress = (text: string): boolean => schemes.test(text);
