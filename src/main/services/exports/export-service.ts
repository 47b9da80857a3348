/** What "export" means: which files, where, and what of the clip they cover. */
import { existsSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { TrackedObject } from '../../../shared/contract/state.ts';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import { checkOutputs, filesIn, type Output } from '../../common/check-outputs.ts';
import { ensureFolder, writeWholeFrom } from '../../common/files.ts';
import type { MaskReader } from '../results/mask-store.ts';
import type { TreeReader } from '../results/tree-store.ts';
import { isShown } from '../session/object-list.ts';
import type { SessionService } from '../session/session-service.ts';
import { type PicturesRequest, writePictures } from './export-pictures.ts';
import type { ExportRun } from './export-run.ts';
import { cocoText, tracksCsv } from './export-tables.ts';
import { resultsText } from './results-file.ts';

export interface ExportRequest extends PicturesRequest {
  /** Files of an earlier export may be replaced. */
  overwrite?: boolean | undefined;
  /** Files and folders that the work was made from, beside the clip: none of them is written to. */
  inputs?: readonly string[] | undefined;
  json: boolean;
  /** COCO JSON with run lengths, and a table of tracks. */
  coco?: boolean | undefined;
  csv?: boolean | undefined;
  /** Objects to write; those that are shown by default, and all in the tables. */
  objectIds?: number[] | undefined;
  /** Frames to write, inclusive; the whole clip by default. */
  range?: { from: number; to: number } | undefined;
  /** The work was cut short: said in results.json. */
  partial: boolean;
  /** How objects are remembered: said in results.json. */
  memory: MemorySettings;
}

/** What a user chooses of an export; the rest has defaults. */
export interface ExportChoice extends Omit<ExportRequest, 'directory' | 'partial' | 'memory'> {
  directory?: string | undefined;
  /** Without a directory: where the new folder is made, and its name. */
  parent?: string | undefined;
  folderName?: string | undefined;
  partial?: boolean;
}

/** A folder name for a clip's exports, e.g. "holiday 2026-11-23 10.41.05". */
export const exportFolderName = (clipPath: string, now: Date): string => {
  const stamp = now.toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '.');
  return `${basename(clipPath, extname(clipPath))} ${stamp}`;
};

/** A folder that is not there yet: `name` in `parent`, numbered when it is taken. */
export const freshFolder = (parent: string, name: string): string => {
  let folder = join(parent, name);
  for (let n = 2; existsSync(folder); n++) folder = join(parent, `${name} (${n})`);
  return folder;
};

/** What an export writes into its folder. */
export const exportOutputs = (
  directory: string,
  wanted: Pick<ExportRequest, 'video' | 'masks' | 'json' | 'contactSheet' | 'coco' | 'csv'>,
): Output[] => [
  ...filesIn(directory, [
    ...(wanted.json ? ['results.json'] : []),
    ...(wanted.coco ? ['coco.json'] : []),
    ...(wanted.csv ? ['tracks.csv'] : []),
    ...(wanted.video ? ['annotated.mp4'] : []),
    ...(wanted.contactSheet ? ['contact-sheet.png'] : []),
  ]),
  ...(wanted.masks ? [{ path: join(directory, 'masks'), kind: 'folder' } as const] : []),
];

/**
 * Writes the files and tells each as soon as it is whole. Tables come first: they are small, and hold everything. All
 * files show the work as it was at the start, whatever the user edits or tracks meanwhile; an export that follows a run
 * shows what the run made, and writes the tables when that has ended.
 * @returns how it ended
 * @throws AppError as `checkOutputs`, before anything is written
 */
export const exportSession = async (session: SessionService, request: ExportRequest, run: ExportRun): Promise<'done' | 'cancelled'> => {
  const range = request.range ?? { from: 0, to: session.media.frameCount - 1 };
  const { directory, objectIds, follow, partial } = request;
  const all = session.objects;
  const objects = objectIds ? all.filter(({ id }) => objectIds.includes(id)) : all;
  const store = session.store.reader();
  const trees = session.trees.reader();
  const folder = session.media.pictures?.folder;
  const inputs = [session.path, ...(folder === undefined ? [] : [folder]), ...(request.inputs ?? [])];
  await session.wake();
  await checkOutputs({ inputs, outputs: exportOutputs(directory, request), overwrite: request.overwrite ?? false });
  await ensureFolder(directory);
  const frames = range.to - range.from + 1;
  const tables = [request.json, request.coco, request.csv].filter(Boolean).length;
  const needsEngine = request.video || request.masks || request.contactSheet;
  const total = frames * (tables + (needsEngine ? 1 : 0));
  const pictures = (reader: MaskReader, before: number): Promise<'done' | 'cancelled'> => {
    if (!needsEngine) return Promise.resolve('done');
    const drawn = objects.filter((object) => objectIds !== undefined || isShown(object, all));
    const onProgress = (done: number): void => run.onProgress(before + done, total);
    return writePictures({ sessionId: session.id, request, range, objects: drawn, store: reader, run, onProgress });
  };
  if (!follow) {
    const known = { session, request, run, range, partial, objects, store, trees };
    await writeTables(known, (done) => run.onProgress(done, total));
    return pictures(store, frames * tables);
  }
  // Frames that are asked for are final, so they are read as they are.
  const state = await pictures(session.store, 0);
  const end = await follow.ended();
  const tracked = { from: range.from, to: Math.max(range.from, Math.min(range.to, end.last)) };
  const known = { session, request, run, range: tracked, partial: partial || end.partial, objects: session.objects };
  const atEnd = { ...known, store: session.store.reader(), trees: session.trees.reader() };
  await writeTables(atEnd, (done) => run.onProgress(total - frames * tables + done, total));
  return state;
};

interface TablesJob {
  session: SessionService;
  request: ExportRequest;
  run: ExportRun;
  range: { from: number; to: number };
  partial: boolean;
  objects: readonly TrackedObject[];
  store: MaskReader;
  trees: TreeReader;
}

/** @param onProgress frames of all tables together */
const writeTables = async (job: TablesJob, onProgress: (done: number) => void): Promise<void> => {
  const { session, request, run, range, partial, objects, store, trees } = job;
  const { width, height } = session.media;
  const { appVersion } = run;
  const name = basename(session.path);
  const names = session.media.pictures?.names ?? null;
  const tables = { width, height, objects, store, range, timeMs: (frame: number) => session.timeMs(frame), pictures: names };
  const { media, model } = session;
  const results = { name, media, model, objects, store, trees, memory: request.memory, range, partial, appVersion };
  const frames = range.to - range.from + 1;
  /** Parts of each table for a frame. */
  const texts = [
    ...(request.json ? [{ file: 'results.json', parts: resultsText(results), perFrame: 1 }] : []),
    ...(request.coco ? [{ file: 'coco.json', parts: cocoText(tables, name, appVersion), perFrame: 2 }] : []),
    ...(request.csv ? [{ file: 'tracks.csv', parts: tracksCsv(tables), perFrame: 1 }] : []),
  ];
  // They take seconds and hold the whole work: where what was done is to be kept, they are finished.
  const signal = request.keepsPartial ? new AbortController().signal : run.signal;
  for (const [i, { file, parts, perFrame }] of texts.entries()) {
    const path = join(request.directory, file);
    const told = counted(parts, (count) => onProgress(frames * i + Math.min(frames, count / perFrame)));
    await writeWholeFrom(path, told, signal);
    run.onWritten({ name: file, path });
  }
};

/** Tells how many parts have gone by, every thousand. */
function* counted(parts: Iterable<string>, onCount: (count: number) => void): Generator<string> {
  let count = 0;
  for (const part of parts) {
    yield part;
    if (++count % 1000 === 0) onCount(count);
  }
  onCount(count);
}
