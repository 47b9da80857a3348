/**
 * Writes down which packet of the recording each live frame is, before anything is made of the frame
 * (api/recording.ts).
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type LiveTime, timesFile } from '../api/recording.ts';

export class TimesLog {
  readonly #fd: number;

  constructor(folder: string) {
    this.#fd = openSync(join(folder, timesFile), 'a');
  }

  add(frame: number, { segment, ptsMs, wallMs }: LiveTime): void {
    writeSync(this.#fd, `${frame} ${segment} ${ptsMs} ${wallMs}\n`);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
