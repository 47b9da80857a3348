/** Writes the tables of an export, each under its name only when it is whole. */
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { TrackedObject } from '../../../shared/contract/state.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ReviewEntry } from '../../../shared/review.ts';
import { replaceFolder } from '../../common/atomic-file.ts';
import { ensureFolder, writeWhole, writeWholeFrom } from '../../common/files.ts';
import { MaskNames } from '../../common/mask-names.ts';
import type { MaskReader } from '../results/mask-store.ts';
import type { TreeReader } from '../results/tree-store.ts';
import type { SessionService } from '../session/session-service.ts';
import type { ExportRequest } from './export-request.ts';
import type { ExportRun } from './export-run.ts';
import { cocoText, tracksCsv } from './export-tables.ts';
import type { FormatFile } from './formats/format.ts';
import { formats } from './formats/formats.ts';
import { resultsText } from './results-file.ts';
import type { TableSource } from './table-source.ts';

export interface TablesJob {
  session: SessionService;
  request: ExportRequest;
  run: ExportRun;
  range: { from: number; to: number };
  partial: boolean;
  objects: readonly TrackedObject[];
  store: MaskReader;
  trees: TreeReader;
  review: readonly ReviewEntry[];
}

/** Its text in parts, or its files; `count` says how many there will be, for the progress. */
type Table = { file: string; parts: Iterable<string>; count: number } | { folder: string; files: Iterable<FormatFile>; count: number };

const tablesOf = ({ session, request, run, range, partial, objects, store, trees, review }: TablesJob): Table[] => {
  const { media, model } = session;
  const { width, height } = media;
  const { appVersion } = run;
  const clip = basename(session.path);
  const pictures = media.pictures?.names ?? null;
  const masks = new MaskNames(pictures);
  const stem = (frame: number): string => masks.of(frame).replace(/\.png$/, '');
  const source: TableSource = { width, height, objects, store, range, timeMs: (frame) => session.timeMs(frame), pictures, stem };
  const results = { name: clip, media, model, objects, store, trees, review, memory: request.memory, range, partial, appVersion };
  const frames = range.to - range.from + 1;
  const others = [...new Set(request.formats)].map((name): Table => {
    const format = formats[name];
    if ('folder' in format) return { folder: format.folder, files: format.files(source, clip), count: frames };
    return { file: format.file, parts: format.text(source, clip, appVersion), count: format.partsOf(frames, objects.length) };
  });
  return [
    ...(request.json ? [{ file: 'results.json', parts: resultsText(results), count: frames }] : []),
    ...(request.coco ? [{ file: 'coco.json', parts: cocoText(source, clip, appVersion), count: 2 * frames }] : []),
    ...(request.csv ? [{ file: 'tracks.csv', parts: tracksCsv(source), count: frames }] : []),
    ...others,
  ];
};

/** @param onProgress frames of all tables together */
export const writeTables = async (job: TablesJob, onProgress: (done: number) => void): Promise<void> => {
  const { request, run, range } = job;
  const frames = range.to - range.from + 1;
  // They take seconds and hold the whole work: where what was done is to be kept, they are finished.
  const signal = request.keepsPartial ? new AbortController().signal : run.signal;
  for (const [i, table] of tablesOf(job).entries()) {
    const onCount = (count: number): void => onProgress(frames * (i + Math.min(1, count / Math.max(1, table.count))));
    const name = 'file' in table ? table.file : table.folder;
    const path = join(request.directory, name);
    if ('file' in table) await writeWholeFrom(path, counted(table.parts, onCount), signal);
    else await writeFiles(path, counted(table.files, onCount), signal, run.id);
    run.onWritten({ name, path });
  }
};

/**
 * A folder that has its name when all files are in it. @throws AppError `cancelled`, `output-unwritable`, `disk-full`;
 * then nothing is left
 */
const writeFiles = async (path: string, files: Iterable<FormatFile>, signal: AbortSignal, runId: string): Promise<void> => {
  const staged = `${path}.partial-${runId}`;
  const made = new Set<string>();
  try {
    await ensureFolder(staged);
    for (const { name, text } of files) {
      if (signal.aborted) throw new AppError('cancelled', 'The work was cancelled.');
      const file = join(staged, name);
      if (!made.has(dirname(file))) await ensureFolder(dirname(file));
      made.add(dirname(file));
      await writeWhole(file, text);
    }
    await replaceFolder(staged, path);
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
};

/** Tells how many parts have gone by, every thousand. */
function* counted<T>(parts: Iterable<T>, onCount: (count: number) => void): Generator<T> {
  let count = 0;
  for (const part of parts) {
    yield part;
    if (++count % 1000 === 0) onCount(count);
  }
  onCount(count);
}
