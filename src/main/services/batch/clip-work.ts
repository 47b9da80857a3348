/** Does a job on one clip: opens it, tracks or finds objects, and writes the exports into a folder. */
import type { Operation } from '../../../shared/contract/state.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Job, JobObject } from '../../../shared/job.ts';
import type { Operations } from '../base/operations.ts';
import type { FindRuns } from '../discovery/find-runs.ts';
import type { Exports } from '../exports/exports.ts';
import { damageText } from '../session/clip-notes.ts';
import { readMaskFile } from '../session/mask-file.ts';
import type { SessionService } from '../session/session-service.ts';
import type { TrackRuns } from '../tracking/track-runs.ts';
import type { LedgerEntry } from './ledger.ts';

export interface ClipWorkDeps {
  operations: Operations;
  runs: TrackRuns;
  find: FindRuns;
  exports: Exports;
  /** @throws AppError why the clip can't be opened */
  open(path: string): Promise<SessionService>;
  close(sessionId: string): Promise<void>;
}

export interface ClipWork {
  path: string;
  job: Job;
  /** null: they are found. */
  objects: readonly JobObject[] | null;
  /** An empty folder. */
  directory: string;
  signal: AbortSignal;
  /** Of the operation under way. */
  onProgress(operation: Operation): void;
}

const giveObjects = async (session: SessionService, objects: readonly JobObject[]): Promise<void> => {
  const { width, height } = session.media;
  for (const { name, prompts } of objects) {
    const id = session.edits.addObject(name ?? undefined);
    for (const { frame, points, box, mask } of prompts) {
      if (mask === null) await session.edits.setPoints(id, frame, points, box);
      else await session.edits.setMask(id, frame, typeof mask === 'string' ? await readMaskFile(mask, width, height) : mask);
    }
  }
};

/** Waits for an operation. @throws AppError why it failed, `cancelled` */
const finish = async ({ operations }: ClipWorkDeps, { signal, onProgress }: ClipWork, id: string): Promise<void> => {
  const cancel = (): void => operations.cancel(id);
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  const timer = setInterval(() => onProgress(operations.get(id)!), 200);
  try {
    const { state, error } = await operations.ended(id);
    if (error) throw AppError.deserialize(error);
    if (state === 'cancelled') throw new AppError('cancelled', 'The work was cancelled.');
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', cancel);
  }
};

/**
 * @returns what the ledger says of it
 * @throws AppError why it failed; `source-truncated` for a clip with missing parts: what can be read was tracked and
 *   written
 */
export const workOnClip = async (deps: ClipWorkDeps, work: ClipWork): Promise<Pick<LedgerEntry, 'frames' | 'objects'>> => {
  const { path, job, objects, directory, signal } = work;
  const session = await deps.open(path);
  try {
    signal.throwIfAborted();
    if (objects) {
      await giveObjects(session, objects);
      await finish(deps, work, deps.runs.start(session, { direction: job.direction }, null));
    } else if (job.source.from === 'find') {
      await finish(deps, work, deps.find.start(session, { settings: job.source.settings }));
    }
    const damage = damageText(session.media);
    await finish(deps, work, deps.exports.start(session, { ...exportsOf(job), directory, partial: damage !== null }));
    if (damage !== null) throw new AppError('source-truncated', `${damage} The readable frames were tracked and exported.`);
    return {
      frames: session.media.frameCount,
      objects: session.objects.map(({ name, foundFrames }) => ({ name, foundFrames })),
    };
  } finally {
    await deps.close(session.id);
  }
};

const exportsOf = ({ exports }: Job): Pick<Parameters<Exports['start']>[1], keyof Job['exports']> => exports;
