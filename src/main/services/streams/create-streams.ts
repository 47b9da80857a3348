/** The service of streams with what it needs of the app. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenedMedia } from '../../engine/api/media.ts';
import { freeBytes } from '../exports/export-estimate.ts';
import type { Project } from '../project/project.ts';
import type { MaskStore } from '../results/mask-store.ts';
import type { SessionWork } from '../session/session-deps.ts';
import type { SessionService } from '../session/session-service.ts';
import { safeName } from '../sources/import-source.ts';
import type { ImportPlace } from '../sources/import-store.ts';
import { rekeyed } from './live-clip.ts';
import { LiveWork } from './live-work.ts';
import type { StreamDeps } from './stream-deps.ts';
import { StreamService } from './stream-service.ts';
import { MemoryStreams, StreamFile, type StreamStore } from './stream-store.ts';

export interface StreamApp extends Omit<StreamDeps, 'now' | 'wallNow' | 'freeBytes' | 'onOutOfMemory'> {
  dataDir: string;
  /** The list of streams is kept for the next start. */
  keeps: boolean;
  /** Streams that another file lists. */
  store?: StreamStore | undefined;
  claim: () => Promise<ImportPlace>;
  open: (
    path: string,
    adopt: (media: OpenedMedia, project: Project | null, newStore: () => MaskStore) => Promise<SessionWork>,
  ) => Promise<SessionService>;
  /** Loads the model anew, or the next smaller one that is installed. @returns whether there was one */
  loadModel: (which: 'again' | 'smaller') => Promise<boolean>;
  clock?: { now: () => number; wallNow: () => number } | undefined;
}

/** A memory that is full again within this time needs a smaller model, ms. */
const againWithinMs = 60_000;

export const createStreams = (app: StreamApp): StreamService => {
  const folder = join(app.dataDir, 'streams');
  const now = app.clock?.now ?? (() => performance.now());
  const store =
    app.store ??
    (app.keeps ? new StreamFile(join(app.dataDir, 'streams.json'), ({ message }) => app.tell('error', message)) : new MemoryStreams());
  let fullMs: number | null = null;
  let isMending = false;
  const mend = async (): Promise<void> => {
    if (isMending) return;
    isMending = true;
    try {
      const isAgain = fullMs !== null && now() - fullMs < againWithinMs;
      fullMs = now();
      await app.loadModel(isAgain ? 'smaller' : 'again');
    } catch (error) {
      app.tell('warning', `The memory is full, and the model could not be loaded anew: ${(error as Error).message}`);
    } finally {
      isMending = false;
    }
  };
  return new StreamService({
    ...app,
    folder,
    store,
    now,
    wallNow: app.clock?.wallNow ?? (() => Date.now()),
    onOutOfMemory: () => void mend(),
    freeBytes: async () => {
      mkdirSync(folder, { recursive: true });
      return freeBytes(folder);
    },
    openChapter: async (chapter, name) => {
      const place = await app.claim();
      const path = place.path(`${safeName(name)}.mkv`);
      try {
        const { segments } = await app.engine().call('liveJoin', { folder: chapter, output: path });
        await place.done();
        const work = new LiveWork(chapter, () => {});
        try {
          const clip = rekeyed(path, work, segments, { isFollowed: true, trees: null });
          return (await app.open(path, (...opened) => clip.adopt(...opened))).id;
        } finally {
          work.close();
        }
      } catch (error) {
        await place.remove();
        throw error;
      }
    },
  });
};
