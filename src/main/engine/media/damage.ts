/** What is missing of a file that can be opened all the same. */
import type { Damage } from '../api/media.ts';
import type { StderrLog } from './stderr-log.ts';
import { hasLostPackets } from './transport-joins.ts';

/** @param container demuxer names, comma-separated */
export const damageOf = async (path: string, log: StderrLog, container: string, signal?: AbortSignal): Promise<Damage | null> => {
  if (log.damage === 'packets-lost' && /(^|,)mpegts(,|$)/.test(container) && !(await hasLostPackets(path, signal))) return null;
  return log.damage;
};
