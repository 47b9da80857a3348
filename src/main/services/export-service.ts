/** What "export" means: which files, where, and what of the clip they cover. */
import { basename, extname, join } from 'node:path';
import type { MemorySettings } from '../../shared/memory-settings.ts';
import { ensureFolder, writeWhole } from '../engine/export/export-results.ts';
import type { EnginePeer } from './engine-host.ts';
import { buildResults, formatResults } from './results-file.ts';
import type { SessionService } from './session-service.ts';

export interface ExportRequest {
  directory: string;
  video: boolean;
  masks: boolean;
  json: boolean;
  contactSheet: boolean;
  /** Frames to write, inclusive; the whole clip by default. */
  range?: { from: number; to: number };
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
  const objects = session.objects;
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
  if (!request.video && !request.masks && !request.contactSheet) return 'done';
  const video = request.video ? join(directory, 'annotated.mp4') : null;
  const masksDirectory = request.masks ? join(directory, 'masks') : null;
  const contactSheet = request.contactSheet ? join(directory, 'contact-sheet.png') : null;
  const outcome = await engine().call('exportResults', {
    sessionId: session.id,
    runId,
    ...range,
    video,
    masksDirectory,
    contactSheet,
    objects: objects
      .filter((object) => object.visible)
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
  if (outcome.state === 'cancelled') return 'cancelled';
  if (video) onWritten({ name: 'annotated.mp4', path: video });
  if (masksDirectory) onWritten({ name: 'masks', path: masksDirectory });
  if (contactSheet) onWritten({ name: 'contact-sheet.png', path: contactSheet });
  return 'done';
};
