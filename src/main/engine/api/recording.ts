/**
 * The folder of a live recording: its files, and `times.log`, which tells which packet of them each live frame is. A
 * line for each frame, "frame segment ptsMs wallMs"; a kill tears no more than the last one.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of the recording within the clip. */
export interface JoinedSegment {
  segment: number;
  /** What is added to a time stamp of the file to have the clip's, ms. */
  offsetMs: number;
}

export interface LiveTime {
  /** Number of the recording's file it is in. */
  segment: number;
  /** Time stamp in that file, ms. */
  ptsMs: number;
  /** When it came, ms since 1970. */
  wallMs: number;
}

export const timesFile = 'times.log';

export const segmentName = (segment: number): string => `segment-${segment}.mkv`;

/** @returns by frame number; what follows a line that is torn or out of turn is not read */
export const readTimes = (folder: string): LiveTime[] => {
  let text: string;
  try {
    text = readFileSync(join(folder, timesFile), 'utf8');
  } catch {
    return [];
  }
  return parseTimes(text);
};

export const parseTimes = (text: string): LiveTime[] => {
  const times: LiveTime[] = [];
  let at = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
    const fields = text.slice(at, end).split(' ').map(Number);
    at = end + 1;
    const [frame, segment, ptsMs, wallMs] = fields;
    if (fields.length !== 4 || fields.some((value) => !Number.isFinite(value)) || frame !== times.length) break;
    times.push({ segment: segment!, ptsMs: ptsMs!, wallMs: wallMs! });
  }
  return times;
};
