/** What "export" means: which files, where, and what of the clip they cover. */
import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { MemorySettings } from '../../shared/memory-settings.ts';
import { ensureFolder, writeWhole } from '../engine/export/export-results.ts';
import type { EnginePeer } from './engine-host.ts';
import { cocoJson, tracksCsv } from './export-tables.ts';
import { isShown } from './object-list.ts';
import { buildResults, formatResults } from './results-file.ts';
import type { SessionService } from './session-service.ts';

export interface ExportRequest {
  directory: string;
  video: boolean;
  masks: boolean;
  json: boolean;
  contactSheet: boolean;
  /** COCO JSON with run lengths, and a table of tracks. */
  coco?: boolean | undefined;
  csv?: boolean | undefined;
  /** Objects to write; those that are shown by default, and all in the tables. */
  objectIds?: number[] | undefined;
  /** False leaves the video as it is. */
  overlays?: boolean | undefined;
  /** Frames to write, inclusive; the whole clip by default. */
  range?: { from: number; to: number } | undefined;
  /** The work was cut short: said in results.json. */
  partial: boolean;
  /** How objects are remembered: said in results.json. */
  memory: MemorySettings;
}

/** What a user chooses of an export; the rest has defaults. */
export type ExportChoice = Omit<ExportRequest, 'directory' | 'partial' | 'memory'> & { directory?: string | undefined; partial?: boolean };

export interface WrittenFile {
  name: string;
  path: string;
}

/** A folder name for a clip's exports, e.g. "holiday 2026-11-23 10.41.05". */
export const exportFolderName = (clipPath: string, now: Date): string => {
  const stamp = now.toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '.');
  return `${basename(clipPath, extname(clipPath))} ${stamp}`;
};

/**
 * Writes the files and tells each as soon as it is whole. results.json comes first: it is small, and holds everything.
 * @returns how it ended
 */
export const exportSession = async (
  session: SessionService,
  engine: () => EnginePeer,
  runId: string,
  request: ExportRequest,
  appVersion: string,
  onWritten: (file: WrittenFile) => void,
): Promise<'done' | 'cancelled'> => {
  const range = request.range ?? { from: 0, to: session.media.frameCount - 1 };
  const { directory } = request;
  const all = session.objects;
  const { objectIds } = request;
  const objects = objectIds ? all.filter(({ id }) => objectIds.includes(id)) : all;
  await ensureFolder(directory);
  if (request.json) {
    const path = join(directory, 'results.json');
    const results = buildResults({
      name: basename(session.path),
      media: session.media,
      model: session.model,
      objects,
      store: session.store,
      trees: session.trees,
      memory: request.memory,
      range,
      partial: request.partial,
      appVersion,
    });
    await writeWhole(path, formatResults(results));
    onWritten({ name: 'results.json', path });
  }
  const { width, height } = session.media;
  const tables = { width, height, objects, store: session.store, range, timeMs: (frame: number) => session.timeMs(frame) };
  const write = async (name: string, text: string): Promise<void> => {
    const path = join(directory, name);
    await writeWhole(path, text);
    onWritten({ name, path });
  };
  if (request.coco) await write('coco.json', cocoJson(tables, basename(session.path), appVersion));
  if (request.csv) await write('tracks.csv', tracksCsv(tables));
  if (!request.video && !request.masks && !request.contactSheet) return 'done';
  const video = request.video ? join(directory, 'annotated.mp4') : null;
  const masksDirectory = request.masks ? join(directory, 'masks') : null;
  // The folder of masks gets its name when all of them are there.
  const staged = masksDirectory && `${masksDirectory}.partial-${runId}`;
  const contactSheet = request.contactSheet ? join(directory, 'contact-sheet.png') : null;
  const call = engine().call('exportResults', {
    sessionId: session.id,
    runId,
    ...range,
    video,
    overlays: request.overlays ?? true,
    masksDirectory: staged,
    contactSheet,
    objects: objects
      .filter((object) => objectIds !== undefined || isShown(object, all))
      .map(({ id, name, color }) => ({
        id,
        name,
        color,
        masks: session.store
          .frames(id)
          .filter((frame) => frame >= range.from && frame <= range.to)
          .map((frame): [number, string] => [frame, session.store.get(id, frame)!.counts]),
      })),
  });
  const outcome = await call.finally(async () => {
    // What is left over of a run that was cut; a whole one is moved below.
    if (staged && !(await call.then(({ state }) => state === 'done').catch(() => false)))
      await rm(staged, { recursive: true, force: true });
  });
  if (outcome.state === 'cancelled') return 'cancelled';
  if (staged && masksDirectory) await moveInto(staged, masksDirectory);
  if (video) onWritten({ name: 'annotated.mp4', path: video });
  if (masksDirectory) onWritten({ name: 'masks', path: masksDirectory });
  if (contactSheet) onWritten({ name: 'contact-sheet.png', path: contactSheet });
  return 'done';
};

/** Gives a folder its name; in one that is there already its files replace those of the same name. */
const moveInto = async (from: string, to: string): Promise<void> => {
  if (!existsSync(to)) return rename(from, to);
  for (const name of await readdir(from)) await rename(join(from, name), join(to, name));
  await rm(from, { recursive: true });
};
