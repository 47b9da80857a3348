/**
 * Which packet of the recording each live frame is: a line for each frame, "frame segment ptsMs wallMs", written before anything is
 * made of the frame. A kill tears no more than the last line.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface LiveTime {
  /** Number of the recording's file it is in. */
  segment: number;
  /** Time stamp in that file, ms. */
  ptsMs: number;
  /** When it came, ms since 1970. */
  wallMs: number;
}

const fileName = 'times.log';

export const segmentName = (segment: number): string => `segment-${segment}.mkv`;

/** @returns by frame number; what follows a line that is torn or out of turn is not read */
export const readTimes = (folder: string): LiveTime[] => {
  let text: string;
  try {
    text = readFileSync(join(folder, fileName), 'utf8');
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

export class TimesLog {
  readonly #fd: number;

  constructor(folder: string) {
    this.#fd = openSync(join(folder, fileName), 'a');
  }

  add(frame: number, { segment, ptsMs, wallMs }: LiveTime): void {
    writeSync(this.#fd, `${frame} ${segment} ${ptsMs} ${wallMs}\n`);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
