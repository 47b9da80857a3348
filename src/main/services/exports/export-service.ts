/** What "export" means: which files, where, and what of the clip they cover. */

import { existsSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { TrackedObject } from '../../../shared/contract/state.ts';
import { AppError } from '../../../shared/errors.ts';
import { checkOutputs, filesIn, type Output } from '../../common/check-outputs.ts';
import { ensureFolder } from '../../common/files.ts';
import type { MaskReader } from '../results/mask-store.ts';
import { isShown } from '../session/object-list.ts';
import type { SessionService } from '../session/session-service.ts';
import { writePictures } from './export-pictures.ts';
import type { ExportRequest } from './export-request.ts';
import type { ExportRun } from './export-run.ts';
import { formatOutput } from './formats/formats.ts';
import { RedactedVideo, redactedNames } from './redacted-video.ts';
import { writeTables } from './write-tables.ts';

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
  wanted: Pick<ExportRequest, 'video' | 'masks' | 'json' | 'contactSheet' | 'coco' | 'csv' | 'formats' | 'redaction'>,
): Output[] => [
  ...filesIn(directory, [
    ...(wanted.json ? ['results.json'] : []),
    ...(wanted.coco ? ['coco.json'] : []),
    ...(wanted.csv ? ['tracks.csv'] : []),
    ...(wanted.video && !wanted.redaction ? ['annotated.mp4'] : []),
    ...(wanted.video && wanted.redaction ? redactedNames : []),
    ...(wanted.contactSheet ? ['contact-sheet.png'] : []),
  ]),
  ...(wanted.formats ?? []).map((name) => formatOutput(directory, name)),
  ...(wanted.masks ? [{ path: join(directory, 'masks'), kind: 'folder' } as const] : []),
];

/** What a frame of video or masks costs, in rows of a table: it is decoded, drawn and encoded. */
const pictureCost = 20;

const masksOf =
  (objects: readonly TrackedObject[], store: MaskReader) =>
  (frame: number): [number, string][] =>
    objects.flatMap(({ id }): [number, string][] => {
      const mask = store.get(id, frame);
      return mask ? [[id, mask.counts]] : [];
    });

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
  const known = session.objects;
  const objects = objectIds ? known.filter(({ id }) => objectIds.includes(id)) : known;
  const store = session.store.reader();
  const trees = session.trees.reader();
  const folder = session.media.pictures?.folder;
  const inputs = [session.path, ...(folder === undefined ? [] : [folder]), ...(request.inputs ?? [])];
  if (request.redaction && (request.masks || follow || !request.video))
    throw new AppError('bad-request', 'Objects are hidden in a video alone. Export the masks by themselves, without hiding anything.');
  await session.wake();
  await checkOutputs({ inputs, outputs: exportOutputs(directory, request), overwrite: request.overwrite ?? false });
  await ensureFolder(directory);
  const frames = range.to - range.from + 1;
  const tables = [request.json, request.coco, request.csv, ...new Set(request.formats)].filter(Boolean).length;
  const needsEngine = request.video || request.masks || request.contactSheet;
  const picturesCost = needsEngine ? frames * pictureCost : 0;
  const all = frames * tables + picturesCost;
  /** @param done of all that is to be done, in frames of a table */
  const tell = (done: number): void => run.onProgress(Math.floor((frames * done) / all), frames, { done, left: all - done });
  const pictures = async (reader: MaskReader, before: number): Promise<'done' | 'cancelled'> => {
    if (!needsEngine) return 'done';
    const onProgress = (done: number): void => tell(before + done * pictureCost);
    const job = { sessionId: session.id, request, range, run, onProgress };
    if (request.redaction) {
      // What is not shown in the window is hidden all the same.
      const redacted = new RedactedVideo(session, request.redaction, objects, reader, range);
      const masksOn = (frame: number): [number, string][] => redacted.masksOn(frame);
      const state = await writePictures({ ...job, objects, videoName: redacted.videoName, masksOn });
      if (state === 'done') await redacted.report(directory, run);
      return state;
    }
    const drawn = objects.filter((object) => objectIds !== undefined || isShown(object, known));
    return writePictures({ ...job, objects: drawn, videoName: 'annotated.mp4', masksOn: masksOf(drawn, reader) });
  };
  if (!follow) {
    await writeTables({ session, request, run, range, partial, objects, store, trees, review: session.review }, tell);
    return pictures(store, frames * tables);
  }
  // Frames that are asked for are final, so they are read as they are.
  const state = await pictures(session.store, 0);
  const end = await follow.ended();
  const tracked = { from: range.from, to: Math.max(range.from, Math.min(range.to, end.last)) };
  const ended = { session, request, run, range: tracked, partial: partial || end.partial, objects: session.objects };
  const atEnd = { ...ended, store: session.store.reader(), trees: session.trees.reader(), review: session.review };
  await writeTables(atEnd, (done) => tell(picturesCost + done));
  return state;
};
