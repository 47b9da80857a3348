/** Addresses: which are opened, and how ffmpeg is told to. */

import { hasSecrets } from '../../common/shown-address.ts';
import { demuxers } from './ffmpeg-process.ts';

/** What ffmpeg may open from an address: never a file. */
const networkProtocols = 'http,https,httpproxy,tcp,tls,crypto,rtp,udp,rtsp,rtmp,rtmps,srt';
/** A server that says nothing for so long is gone, microseconds. */
const silenceUs = 15_000_000;

export interface NetworkInput {
  /** Arguments up to and with `-i`. */
  args: string[];
  /** What ffmpeg is to read from its standard input. */
  stdin: string | null;
}

/** Options by ffmpeg's names, without the dash. */
type Options = Readonly<Record<string, string>>;

/** For what comes without times of its own: each picture gets the time at which it comes. */
export const worldClock: Options = { use_wallclock_as_timestamps: '1' };

export const isWebAddress = (url: string): boolean => /^https?:/i.test(url);

/**
 * What is recorded: all moving pictures, so that which one is open is chosen as in any file, and the first sound. Data
 * and subtitles stay behind.
 */
export const recordedMaps: readonly string[] = ['-map', '0:V', '-map', '0:a:0?'];

/**
 * The streams of a web playlist are renditions of one picture, and each that is recorded is fetched as well. ffmpeg
 * takes the largest when nothing is mapped.
 */
export const oneRendition: readonly string[] = ['-sn', '-dn'];

/** Demuxers of pictures and coded pictures alone, which make up their times. */
export const isClockless = (container: string): boolean =>
  /^(mpjpeg|mjpeg|jpeg_pipe|png_pipe|h264|hevc|m4v|mpegvideo|obu|av1|vvc)(,|$)/.test(container);

const asArgs = (options: Options): string[] => Object.entries(options).flatMap(([name, value]) => [`-${name}`, value]);

/** A line of a list of one: no character of an address may end its line, or its quotes. */
const quoted = (url: string): string => {
  const oneLine = [...url].map((char) => (char < ' ' || char === '\x7f' ? encodeURIComponent(char) : char)).join('');
  return `'${oneLine.replaceAll("'", String.raw`'\''`)}'`;
};

/**
 * What opens an address as input, and nothing but what it leads to over the network. Every program of the machine can
 * read another's arguments, so an address with a password goes in by the standard input, as a list of one.
 * @param probing how long it looks at a stream before it begins
 * @param reading how the input is read
 */
export const networkInput = (url: string, probing: Options = {}, reading: readonly string[] = []): NetworkInput => {
  const silence = String(silenceUs);
  const connecting = /^rtsps?:/i.test(url) ? { rtsp_transport: 'tcp', timeout: silence } : { rw_timeout: silence };
  const options = { ...connecting, ...probing };
  if (!hasSecrets(url)) return { args: ['-protocol_whitelist', networkProtocols, ...asArgs(options), ...reading, '-i', url], stdin: null };
  const lines = Object.entries(options).map(([name, value]) => `option ${name} ${value}`);
  // The list itself is known at once; only what it leads to is looked at.
  const list = ['-f', 'concat', '-safe', '0', '-fpsprobesize', '0', '-analyzeduration', '0'];
  return {
    args: ['-protocol_whitelist', `pipe,${networkProtocols}`, ...list, ...reading, '-i', 'pipe:0'],
    stdin: `ffconcat version 1.0\nfile ${quoted(url)}\n${lines.join('\n')}\n`,
  };
};

/**
 * Opens the file at an address as itself, for a look at its length: a list has none of its own, whatever it leads to.
 * What has no length can't be opened so, nor can playlists; and what is read of it is no more than a beginning and an
 * end.
 */
export const fileAtAddress = (url: string): { args: string[]; stdin: string } => ({
  args: ['-protocol_whitelist', `pipe,concatf,${networkProtocols}`, '-format_whitelist', demuxers, '-i', 'concatf:pipe:0'],
  stdin: `${quoted(url)}\n`,
});
