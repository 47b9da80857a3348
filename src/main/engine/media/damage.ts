/** What is wrong with a file that can be opened all the same: one table of causes, by what ffmpeg says of each. */
import type { Damage } from '../api/media.ts';
import type { StderrLog } from './ffmpeg-process.ts';
import { hasLostPackets } from './transport-joins.ts';

const causes: readonly (readonly [Damage, RegExp])[] = [
  // mov: "stream 0, offset 0x886a: partial file"; matroska, flv: "File ended prematurely"; avi: "Truncating packet of size ...".
  ['cut-short', /partial file|ended prematurely|Truncating packet/i],
  // mpegts: "Packet corrupt (stream = 0, dts = 158400)"; any: "corrupt input packet in stream 0".
  ['packets-lost', /Packet corrupt|corrupt input packet/i],
];

/** The cause that a line of ffmpeg's stderr tells of, or null. */
export const damageIn = (line: string): Damage | null => causes.find(([, pattern]) => pattern.test(line))?.[0] ?? null;

/** @param container demuxer names, comma-separated */
export const damageOf = async (path: string, log: StderrLog, container: string, signal?: AbortSignal): Promise<Damage | null> => {
  if (log.damage === 'packets-lost' && /(^|,)mpegts(,|$)/.test(container) && !(await hasLostPackets(path, signal))) return null;
  return log.damage;
};
