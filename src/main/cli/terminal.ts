/** What the commands print: errors, progress, and how Ctrl-C is taken. */
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { Operation } from '../../shared/contract/state.ts';
import type { AppError } from '../../shared/errors.ts';

export const exitCodes = { done: 0, failed: 1, interrupted: 130 } as const;

export const printError = (error: AppError): void => {
  process.stderr.write(`error (${error.code}): ${error.message}\n`);
};

/** "01:05", or dashes while nobody knows. */
export const formatEta = (ms: number | null): string => {
  if (ms === null || !Number.isFinite(ms)) return '--:--';
  const seconds = Math.round(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
};

/** A progress bar on a terminal; on a pipe one line for every tenth of the work. */
export class ProgressView {
  readonly #bars = process.stderr.isTTY
    ? new MultiBar(
        { format: '{title} [{bar}] {value}/{total} frames  {rate} frames/s  ETA {eta_text}', hideCursor: true, stream: process.stderr },
        Presets.shades_classic,
      )
    : null;
  #bar: SingleBar | null = null;
  #title = '';
  #lastTenth = -1;

  show(operation: Operation): void {
    const { title, done, total, framesPerSecond, etaMs } = operation;
    const rate = framesPerSecond === null ? '--' : framesPerSecond.toFixed(1);
    if (total === 0) return;
    if (title !== this.#title) {
      this.#title = title;
      this.#lastTenth = -1;
      this.#bar = this.#bars?.create(total, 0, { title, rate, eta_text: '--:--' }) ?? null;
    }
    this.#bar?.update(done, { title, rate, eta_text: formatEta(etaMs) });
    const tenth = Math.floor((done * 10) / total);
    if (!this.#bars && tenth !== this.#lastTenth) {
      this.#lastTenth = tenth;
      process.stderr.write(`${title}: ${done}/${total} frames, ${rate} frames/s, ETA ${formatEta(etaMs)}\n`);
    }
  }

  end(): void {
    this.#bars?.stop();
  }
}

/** Runs `work`; the first Ctrl-C (or TERM) calls `onInterrupt`, a second one ends the program at once. */
export const withInterrupt = async <T>(onInterrupt: () => void, work: () => Promise<T>): Promise<T> => {
  let count = 0;
  const listener = (): void => {
    if (++count > 1) process.exit(exitCodes.interrupted);
    process.stderr.write('\nstopping; what is done is kept (Ctrl-C again to stop at once)\n');
    onInterrupt();
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  try {
    return await work();
  } finally {
    process.off('SIGINT', listener);
    process.off('SIGTERM', listener);
  }
};
