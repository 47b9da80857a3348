/** What the commands print: errors, progress, and how Ctrl-C is taken. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { Operation } from '../../shared/contract/state.ts';
import type { AppError } from '../../shared/errors.ts';
import type { Operations } from '../services/base/operations.ts';
import type { InstallCommand } from '../services/ffmpeg/install-command.ts';

export const exitCodes = { done: 0, failed: 1, interrupted: 130 } as const;

export const printError = (error: AppError): void => {
  process.stderr.write(`error (${error.code}): ${error.message}\n`);
};

/** What was written, a line for each. */
export const printOutputs = ({ outputs }: Operation): void => {
  for (const { name, path, note } of outputs) {
    process.stdout.write(`${name}: ${path}\n`);
    if (note !== undefined) process.stderr.write(`note: ${name} holds ${note}.\n`);
  }
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

/** Shows an operation's progress until it has ended, however. */
export const showUntilEnded = async (operations: Operations, id: string, progress: ProgressView): Promise<Operation> => {
  const timer = setInterval(() => progress.show(operations.get(id)!), 100);
  const ended = await operations.ended(id).finally(() => clearInterval(timer));
  progress.show(ended);
  return ended;
};

/** Shows lines on stderr: a terminal gets what changes of one thing in place, a pipe the first line of each thing. */
export const tellOneThing = (): ((line: string) => void) => {
  let thing = '';
  return (line) => {
    const told = line.split(/[.:]/, 1)[0]!;
    const isSame = told === thing;
    thing = told;
    if (process.stderr.isTTY) process.stderr.write(`${isSame ? '\x1b[1A\r\x1b[K' : ''}${line}\n`);
    else if (!isSame) process.stderr.write(`${line}\n`);
  };
};

/**
 * Asks on the terminal whether a command of the system's package manager may run, and runs it.
 * @returns whether it succeeded
 */
export const askToInstall = async ({ program, args, text }: InstallCommand): Promise<boolean> => {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`\nffmpeg is missing. Install it with "${text}"? [Y/n] `).finally(() => lines.close());
  if (!/^(y(es)?)?$/i.test(answer.trim())) return false;
  return new Promise((done) => {
    const child = spawn(program, args, { stdio: ['inherit', process.stderr, 'inherit'] });
    child.once('error', () => done(false));
    child.once('exit', (code) => done(code === 0));
  });
};

/** Runs `work`; the first Ctrl-C (or TERM) calls `onInterrupt`, a second one ends the program at once. */
export const withInterrupt = async <T>(onInterrupt: () => void, work: () => Promise<T>): Promise<T> => {
  let count = 0;
  const listener = (): void => {
    if (++count > 1) process.exit(exitCodes.interrupted);
    process.stderr.write('\nstopping; finished frames are kept (Ctrl-C again to stop at once)\n');
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
