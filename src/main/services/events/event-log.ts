/** The event log: a line of JSON for each event but frames, in files that are rotated. */
import { appendFile, mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../../common/atomic-file.ts';
import type { AppEvent } from './app-event.ts';
import type { EventSink } from './event-bus.ts';

const usual = { mostBytes: 16 * 2 ** 20, keptFiles: 4 };

export class EventLog implements EventSink {
  readonly name = 'log';
  readonly #path: string;
  readonly #limits: typeof usual;

  constructor(path: string, limits: typeof usual = usual) {
    this.#path = path;
    this.#limits = limits;
  }

  async write(events: readonly AppEvent[]): Promise<void> {
    const lines = events
      .filter(({ type }) => type !== 'frame')
      .map(({ atMs, ...event }) => `${JSON.stringify({ time: new Date(atMs).toISOString(), ...event })}\n`);
    if (lines.length === 0) return;
    await mkdir(dirname(this.#path), { recursive: true });
    const size = await stat(this.#path).then(
      (info) => info.size,
      () => 0,
    );
    if (size > this.#limits.mostBytes) await this.#rotate();
    await appendFile(this.#path, lines.join(''));
  }

  async #rotate(): Promise<void> {
    const { keptFiles } = this.#limits;
    await rm(`${this.#path}.${keptFiles}`, { force: true });
    // There may not be that many yet.
    for (let i = keptFiles - 1; i >= 1; i--) await replaceFile(`${this.#path}.${i}`, `${this.#path}.${i + 1}`).catch(() => {});
    await replaceFile(this.#path, `${this.#path}.1`);
  }
}
