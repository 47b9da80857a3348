/**
 * Tracks a session's objects and writes what that makes: in one pass where frames are final soon, else one after the
 * other.
 */
import type { Operation } from '../../shared/contract/state.ts';
import type { TrackDirection } from '../../shared/contract/tracking.ts';
import { AppError } from '../../shared/errors.ts';
import type { MemorySettings } from '../../shared/memory-settings.ts';
import { isCounted } from '../../shared/review.ts';
import type { Services } from '../services/app/services.ts';
import { FollowedRun, type RunEnd } from '../services/exports/followed-run.ts';
import { damageText } from '../services/session/clip-notes.ts';
import type { SessionService } from '../services/session/session-service.ts';
import { type CliOutput, stillFree } from './output-options.ts';
import { exitCodes, ProgressView, printOutputs, showUntilEnded, withInterrupt } from './terminal.ts';

/** What the memory trees did, and where a look pays. */
const treeSummary = ({ trees, review: entries }: SessionService): string => {
  const { spawned, switched, amendedFrames } = trees.counters;
  const frames = entries
    .filter(isCounted)
    .slice(0, 5)
    .map(({ frame }) => frame);
  const review = frames.length > 0 ? `; worth a look: frames ${frames.join(', ')}` : '';
  return `Memory tree: branches ${spawned}, switches ${switched}, frames amended ${amendedFrames}${review}`;
};

/** A video is written forward: a run that goes back can't be followed. */
const goesForward = (direction: TrackDirection, { objects }: SessionService): boolean =>
  direction === 'forward' || (direction === 'both' && objects.every(({ prompts }) => prompts.some(({ frame }) => frame === 0)));

/** Frames behind the newest that a run may still amend. */
const lagOf = ({ mode, amendLag }: MemorySettings): number => (mode === 'tree' ? amendLag : 0);

/**
 * Shows progress. The first interrupt ends tracking, and what was tracked is exported; during an export it ends that,
 * and what was written is kept.
 * @returns the exit code
 */
export const trackAndExport = async (
  services: Services,
  session: SessionService,
  direction: TrackDirection,
  output: CliOutput,
): Promise<number> => {
  const { operations } = services;
  const { memory } = session;
  const progress = new ProgressView();
  let operationId = '';
  let isInterrupted = false;
  /** Resolves when the operation has ended, however. */
  const watch = (id: string): Promise<Operation> => {
    operationId = id;
    return showUntilEnded(operations, id, progress);
  };
  const interrupt = (): void => {
    isInterrupted = true;
    operations.cancel(operationId);
  };
  const job = { ...output, json: true, keepsPartial: true };

  /** What was made of the clip when its run has ended. */
  const endOf = (isCut: boolean): RunEnd & { first: number } => {
    const tracked = session.objects.flatMap(({ results }) => results);
    const whole = { first: 0, last: session.media.frameCount - 1 };
    const partial = isCut || damageText(session.media) !== null;
    if (!isCut || tracked.length === 0) return { ...whole, partial };
    return { first: Math.min(...tracked.map(([from]) => from)), last: Math.max(...tracked.map(([, to]) => to)), partial };
  };

  try {
    return await withInterrupt(interrupt, async () => {
      const isOnePass = goesForward(direction, session) && (output.video || output.masks) && !output.contactSheet && !output.redaction;
      const follow = isOnePass ? new FollowedRun(lagOf(memory)) : undefined;
      const runId = services.runs.start(session, { direction, onFrame: (frame) => follow?.passed(frame) }, null);
      const besideId = follow && services.exports.start(session, { ...job, partial: false, follow });
      const { error } = await watch(runId);
      const end = endOf(isInterrupted || error !== null);
      follow?.end(end);
      let exported = besideId === undefined ? null : await watch(besideId);
      // One that failed may still work by itself, and if not, it says why.
      if (!exported || exported.error) {
        const range = { from: end.first, to: end.last };
        // The engine may have gone down with the work: what is known is written as data alone.
        const files = error ? { video: false, masks: false, contactSheet: false } : {};
        exported = await watch(
          services.exports.start(session, { ...job, directory: await stillFree(output), range, partial: end.partial, ...files }),
        );
      }
      if (exported.error) throw AppError.deserialize(exported.error);
      progress.end();
      if (memory.mode === 'tree') process.stderr.write(`${treeSummary(session)}\n`);
      printOutputs(exported);
      if (error) throw AppError.deserialize(error);
      const damage = damageText(session.media);
      if (damage !== null) throw new AppError('source-truncated', `${damage} The readable frames were tracked and exported.`);
      return isInterrupted ? exitCodes.interrupted : exitCodes.done;
    });
  } finally {
    progress.end();
  }
};
