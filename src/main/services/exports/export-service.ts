/** What "export" means: which files, where, and what of the clip they cover. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { TrackedObject } from '../../../shared/contract/state.ts';
import { AppError } from '../../../shared/errors.ts';
import { defaultOverlayStyle, type OverlayStyle } from '../../../shared/export-choice.ts';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import { replaceFile } from '../../common/atomic-file.ts';
import { checkOutputs, filesIn, type Output } from '../../common/check-outputs.ts';
import { ensureFolder, writeWholeFrom } from '../../common/files.ts';
import { hasWideLabels } from '../../common/mask-names.ts';
import type { EngineEvents } from '../../engine/api/protocol.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import type { MaskReader } from '../results/mask-store.ts';
import { isShown } from '../session/object-list.ts';
import type { SessionService } from '../session/session-service.ts';
import { cocoText, tracksCsv } from './export-tables.ts';
import { resultsText } from './results-file.ts';

export interface ExportRequest {
  directory: string;
  /** Files of an earlier export may be replaced. */
  overwrite?: boolean | undefined;
  /** Files and folders that the work was made from, beside the clip: none of them is written to. */
  inputs?: readonly string[] | undefined;
  video: boolean;
  masks: boolean;
  json: boolean;
  contactSheet: boolean;
  /** COCO JSON with run lengths, and a table of tracks. */
  coco?: boolean | undefined;
  csv?: boolean | undefined;
  /** Objects to write; those that are shown by default, and all in the tables. */
  objectIds?: number[] | undefined;
  /** How masks are drawn into the video; null: not at all. */
  overlays?: OverlayStyle | null | undefined;
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

export interface WrittenFile {
  name: string;
  path: string;
  /** What a reader of it has to know. */
  note?: string | undefined;
}

/** What an export needs of the app, and tells it. */
export interface ExportRun {
  id: string;
  appVersion: string;
  engine: () => EnginePeer;
  signal: AbortSignal;
  onWritten(file: WrittenFile): void;
  /** @param done frames of all files together */
  onProgress(done: number, total: number): void;
  /** Says who hears what the engine tells of this run; null at its end. */
  listen(listener: EngineExportListener | null): void;
}

export interface EngineExportListener {
  onProgress(event: EngineEvents['exportProgress']): void;
  onNeeds(event: EngineEvents['exportNeeds']): void;
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
 * Writes the files and tells each as soon as it is whole. Tables come first: they are small, and hold everything. All files show
 * the work as it was at the start, whatever the user edits or tracks meanwhile.
 * @returns how it ended
 * @throws AppError as `checkOutputs`, before anything is written
 */
export const exportSession = async (session: SessionService, request: ExportRequest, run: ExportRun): Promise<'done' | 'cancelled'> => {
  const range = request.range ?? { from: 0, to: session.media.frameCount - 1 };
  const { directory, objectIds } = request;
  const all = session.objects;
  const objects = objectIds ? all.filter(({ id }) => objectIds.includes(id)) : all;
  const store = session.store.reader();
  const { pictures } = session.media;
  const inputs = [session.path, ...(pictures ? [pictures.folder] : []), ...(request.inputs ?? [])];
  await session.wake();
  await checkOutputs({ inputs, outputs: exportOutputs(directory, request), overwrite: request.overwrite ?? false });
  await ensureFolder(directory);
  const { width, height } = session.media;
  const clip = basename(session.path);
  const tables = {
    width,
    height,
    objects,
    store,
    range,
    timeMs: (frame: number) => session.timeMs(frame),
    pictures: pictures?.names ?? null,
  };
  const results = {
    name: clip,
    media: session.media,
    model: session.model,
    objects,
    store,
    trees: session.trees.reader(),
    memory: request.memory,
    range,
    partial: request.partial,
    appVersion: run.appVersion,
  };
  const frames = range.to - range.from + 1;
  /** Parts of each table for a frame. */
  const texts = [
    ...(request.json ? [{ name: 'results.json', parts: resultsText(results), perFrame: 1 }] : []),
    ...(request.coco ? [{ name: 'coco.json', parts: cocoText(tables, clip, run.appVersion), perFrame: 2 }] : []),
    ...(request.csv ? [{ name: 'tracks.csv', parts: tracksCsv(tables), perFrame: 1 }] : []),
  ];
  const needsEngine = request.video || request.masks || request.contactSheet;
  const total = frames * (texts.length + (needsEngine ? 1 : 0));
  for (const [i, { name, parts, perFrame }] of texts.entries()) {
    const path = join(directory, name);
    await writeWholeFrom(
      path,
      counted(parts, (count) => run.onProgress(frames * i + Math.min(frames, count / perFrame), total)),
      run.signal,
    );
    run.onWritten({ name, path });
  }
  if (!needsEngine) return 'done';
  const drawn = objects.filter((object) => objectIds !== undefined || isShown(object, all));
  return writePictures(request, range, drawn, store, session.id, run, (done) => run.onProgress(frames * texts.length + done, total));
};

/** Video, palette masks and contact sheet: the engine's work. */
const writePictures = async (
  request: ExportRequest,
  range: { from: number; to: number },
  objects: readonly TrackedObject[],
  store: MaskReader,
  sessionId: string,
  run: ExportRun,
  onProgress: (done: number) => void,
): Promise<'done' | 'cancelled'> => {
  if (run.signal.aborted) return 'cancelled';
  const { directory } = request;
  const video = request.video ? join(directory, 'annotated.mp4') : null;
  const masksDirectory = request.masks ? join(directory, 'masks') : null;
  // The folder of masks gets its name when all of them are there.
  const staged = masksDirectory && `${masksDirectory}.partial-${run.id}`;
  const contactSheet = request.contactSheet ? join(directory, 'contact-sheet.png') : null;
  const peer = run.engine();
  let failure: AppError | null = null;
  run.listen({
    onProgress: ({ done }) => onProgress(done),
    onNeeds: ({ from, to }) => {
      try {
        const frames = Array.from({ length: to - from + 1 }, (_, i) => ({
          frame: from + i,
          masks: objects.flatMap(({ id }): [number, string][] => {
            const mask = store.get(id, from + i);
            return mask ? [[id, mask.counts]] : [];
          }),
        }));
        peer.call('exportMasks', { runId: run.id, from, frames }).catch(() => {});
      } catch (error) {
        // Without its masks the engine would wait for ever.
        failure = AppError.from(error);
        peer.call('cancel', { runId: run.id }).catch(() => {});
      }
    },
  });
  let isWhole = false;
  try {
    const outcome = await peer.call('exportResults', {
      sessionId,
      runId: run.id,
      ...range,
      video,
      cutVideo: null,
      overlays: request.overlays === undefined ? defaultOverlayStyle : request.overlays,
      masksDirectory: staged,
      contactSheet,
      objects: objects.map(({ id, name, color }) => ({ id, name, color })),
    });
    if (failure) throw failure;
    if (outcome.state === 'cancelled') return 'cancelled';
    isWhole = true;
  } finally {
    run.listen(null);
    // What is left over of a run that was cut; a whole one is moved below.
    if (staged && !isWhole) await rm(staged, { recursive: true, force: true });
  }
  if (staged && masksDirectory) await replaceFolder(staged, masksDirectory);
  if (video) run.onWritten({ name: 'annotated.mp4', path: video });
  const note = hasWideLabels(objects.map(({ id }) => id)) ? '16-bit grey PNGs, since an object has an id above 255' : undefined;
  if (masksDirectory) run.onWritten({ name: 'masks', path: masksDirectory, note });
  if (contactSheet) run.onWritten({ name: 'contact-sheet.png', path: contactSheet });
  return 'done';
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

/** Gives a folder its name, in place of the one that has it: what it holds is of this run alone. */
const replaceFolder = async (from: string, to: string): Promise<void> => {
  const former = `${from}.former`;
  const isReplaced = existsSync(to);
  if (isReplaced) await replaceFile(to, former);
  try {
    await replaceFile(from, to);
  } catch (error) {
    if (isReplaced) await replaceFile(former, to);
    throw error;
  }
  await rm(former, { recursive: true, force: true });
};
