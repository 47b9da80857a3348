/**
 * The app's own log: the last lines in memory for the log viewer, and files that are rotated, so that they never grow
 * large.
 */
import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const keptLines = 2000;
const mostBytes = 2 ** 20;
const keptFiles = 3;

export type LogLevel = 'info' | 'warning' | 'error';

export class AppLog {
  readonly #path: string | null;
  readonly #lines: string[] = [];
  #bytes = 0;

  /** @param path null = in memory alone */
  constructor(path: string | null) {
    this.#path = path;
    if (!path) return;
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.#bytes = statSync(path).size;
    } catch {
      // There is none yet.
    }
  }

  add(level: LogLevel, text: string, now: Date = new Date()): void {
    const line = `${now.toISOString()} ${level} ${text.replaceAll('\n', ' | ')}`;
    this.#lines.push(line);
    if (this.#lines.length > keptLines) this.#lines.splice(0, this.#lines.length - keptLines);
    if (!this.#path) return;
    try {
      if (this.#bytes > mostBytes) this.#rotate(this.#path);
      appendFileSync(this.#path, `${line}\n`);
      this.#bytes += Buffer.byteLength(line) + 1;
    } catch {
      // A log that can't be written is no reason to stop.
    }
  }

  /** The newest lines, oldest first. */
  last(count: number): string[] {
    return this.#lines.slice(-count);
  }

  #rotate(path: string): void {
    rmSync(`${path}.${keptFiles}`, { force: true });
    for (let i = keptFiles - 1; i >= 0; i--) {
      try {
        renameSync(i === 0 ? path : `${path}.${i}`, `${path}.${i + 1}`);
      } catch {
        // There are not that many yet.
      }
    }
    this.#bytes = 0;
  }
}
