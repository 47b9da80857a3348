/**
 * Whether an address that was read to its end had come to its own end, or was broken off: a connection that is closed
 * looks the same to ffmpeg. A file has a length, and a playlist says that nothing follows; a stream that has neither
 * only breaks off.
 */

import { hasSecrets } from '../../common/shown-address.ts';
import { spawnFfmpeg } from './ffmpeg-process.ts';
import { fileAtAddress } from './network-source.ts';
import type { StderrLog } from './stderr-log.ts';

const knownDuration = /^(\[[^\]]*\]\s?)*\s+Duration: \d/;
const playlist = /^\[hls @/;
const failure = /\[(error|fatal|panic)\]|Failed to reload playlist/;

/** How long an answer is waited for, ms. */
const mostMs = 15_000;

/** Asks anew, since ffmpeg tells no length of an address that was given to it in a list. */
const hasLength = async (ffmpeg: string, url: string, signal: AbortSignal): Promise<boolean> => {
  const { args, stdin } = fileAtAddress(url);
  const child = spawnFfmpeg(ffmpeg, { args, stdin: true, signal: AbortSignal.any([signal, AbortSignal.timeout(mostMs)]) });
  child.stdout.resume();
  child.stdin?.end(stdin);
  await child.exit;
  return child.stderr.has(knownDuration);
};

/**
 * @param stderr of an ffmpeg that read the address to its end, and ended well
 * @param signal gives up, which is as if nothing were known
 */
export const cameToItsEnd = async (ffmpeg: string, url: string, stderr: StderrLog, signal: AbortSignal): Promise<boolean> => {
  if (stderr.has(knownDuration)) return true;
  // A playlist that goes on is asked for again and again, so it ends either way: with its last line, or with a failure.
  if (stderr.has(playlist)) return !stderr.tail.some((line) => failure.test(line));
  if (!/^https?:/i.test(url) || !hasSecrets(url) || signal.aborted) return false;
  return hasLength(ffmpeg, url, signal);
};
