/** `sam2-video batch`: the same job on many clips, which goes on where it stopped; and `sam2-video job init`. */
import { availableParallelism, freemem } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Operation } from '../../shared/contract/state.ts';
import { AppError } from '../../shared/errors.ts';
import { jobSchema } from '../../shared/job.ts';
import { writeWhole } from '../common/files.ts';
import { openSource } from '../services/app/open-source.ts';
import { Batch, type BatchEvents } from '../services/batch/batch.ts';
import { type BatchClip, listClips } from '../services/batch/clip-list.ts';
import { workOnClip } from '../services/batch/clip-work.ts';
import { exampleJob, loadJob } from '../services/batch/job-file.ts';
import type { LedgerEntry } from '../services/batch/ledger.ts';
import { summaryCsv, summaryHtml, summaryTable } from '../services/batch/summary.ts';
import { type EngineOptions, makeServices } from './headless.ts';
import { exitCodes, formatEta, withInterrupt } from './terminal.ts';

export interface BatchOptions extends Pick<EngineOptions, 'provider' | 'threads' | 'precision' | 'ffmpeg'> {
  job: string;
  out: string;
  recursive: boolean;
  jobs?: string | undefined;
  retryFailed: boolean;
}

/** What one clip takes at least: threads of its own, and memory for its frames and masks. */
const coresEach = 4;
const bytesEach = 2 * 2 ** 30;

const atATimeOf = (text: string | undefined): number => {
  if (text === undefined) return Math.max(1, Math.min(Math.floor(availableParallelism() / coresEach), Math.floor(freemem() / bytesEach)));
  if (!/^[1-9]\d?$/.test(text)) throw new AppError('bad-request', `"${text}" is not a number of clips. Use 1 to 99.`);
  return Number(text);
};

/** Lines on stderr: a clip's beginning, its tenths, its end, and how long all of it will take. */
class BatchView implements BatchEvents {
  readonly #all: number;
  readonly #startedMs = performance.now();
  readonly #tenths = new Map<string, string>();
  #ended = 0;
  /** Of those that this run has worked on. */
  #worked = 0;
  #frames = 0;

  constructor(all: number) {
    this.#all = all;
  }

  onStart({ name }: BatchClip): void {
    process.stderr.write(`${name}: begun\n`);
  }

  onProgress({ name }: BatchClip, { title, done, total, framesPerSecond }: Operation): void {
    if (total === 0) return;
    const tenth = `${title} ${Math.floor((done * 10) / total)}`;
    if (this.#tenths.get(name) === tenth) return;
    this.#tenths.set(name, tenth);
    process.stderr.write(`${name}: ${title}: ${done}/${total} frames, ${framesPerSecond?.toFixed(1) ?? '--'} frames/s\n`);
  }

  onEnd({ clip, state, frames, error }: LedgerEntry, isNew: boolean): void {
    this.#ended++;
    this.#frames += frames;
    if (isNew) this.#worked++;
    const left = this.#all - this.#ended;
    const eta = this.#worked > 0 ? ((performance.now() - this.#startedMs) / this.#worked) * left : null;
    const what = isNew ? state : `${state} before`;
    process.stderr.write(`${clip}: ${what}${error ? `: ${error.message}` : ''}\n`);
    process.stderr.write(`${this.#ended}/${this.#all} clips, ${this.#frames} frames, ETA ${formatEta(eta)}\n`);
  }
}

export const runBatchCommand = async (inputs: readonly string[], options: BatchOptions): Promise<number> => {
  const out = resolve(options.out);
  const atATime = atATimeOf(options.jobs);
  const job = await loadJob(options.job);
  const clips = await listClips(inputs, { recursive: options.recursive, out });
  const { model, memory } = job.job;
  const services = await makeServices({ ...options, model: model ?? undefined }, memory ? { memory } : {});
  const stop = new AbortController();
  try {
    services.engine.require();
    const { operations, runs, find, exports, sessions } = services;
    const deps = {
      ...{ operations, runs, find, exports },
      open: (path: string) => openSource(services, path),
      close: (sessionId: string) => sessions.close(sessionId),
    };
    const request = { clips, job, out, atATime, retriesFailed: options.retryFailed, signal: stop.signal };
    const entries = await withInterrupt(
      () => stop.abort(),
      () => Batch.run((work) => workOnClip(deps, work), request, new BatchView(clips.length)),
    );
    await writeWhole(join(out, 'summary.csv'), summaryCsv(entries));
    await writeWhole(join(out, 'summary.html'), summaryHtml(entries, out));
    process.stdout.write(summaryTable(entries));
    process.stdout.write(`summary: ${join(out, 'summary.html')}\n`);
    if (stop.signal.aborted) return exitCodes.interrupted;
    return entries.some(({ state }) => state === 'failed') ? exitCodes.failed : exitCodes.done;
  } finally {
    await services.close();
  }
};

/** @param asSchema the JSON Schema of a job, for editors */
export const runJobInitCommand = async (asSchema: boolean): Promise<number> => {
  const shown = asSchema ? z.toJSONSchema(jobSchema, { io: 'input' }) : exampleJob;
  process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
  return exitCodes.done;
};
