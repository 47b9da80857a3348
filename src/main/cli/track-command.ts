/** `sam2-video track`: prompts in, annotated clip, masks and results.json out. */
import { resolve } from 'node:path';
import type { TrackDirection } from '../../shared/contract/tracking.ts';
import { AppError } from '../../shared/errors.ts';
import { type FrameRate, leastRate, mostRate, parseFrameRate } from '../../shared/frame-rate.ts';
import { openSource } from '../services/app/open-source.ts';
import type { Services } from '../services/app/services.ts';
import { damageText } from '../services/session/clip-notes.ts';
import type { SessionService } from '../services/session/session-service.ts';
import { type EngineOptions, makeServices } from './headless.ts';
import { readMaskFile } from './mask-file.ts';
import { type CliOutput, inputsOf, requireOutputs, stillFree } from './output-options.ts';
import { type CliObject, collectObjects } from './prompt-options.ts';
import { exitCodes, ProgressView, printOutputs, withInterrupt } from './terminal.ts';

export interface TrackOptions extends EngineOptions {
  point: string[];
  negative: string[];
  box: string[];
  mask: string[];
  object: string[];
  out: string;
  direction: string;
  fps?: string | undefined;
  video: boolean;
  masks: boolean;
  overwrite: boolean;
}

/** Gives the session its objects and their prompts. */
export const applyPrompts = async (session: SessionService, objects: readonly CliObject[]): Promise<void> => {
  const { width, height } = session.media;
  for (const { name, prompts } of objects) {
    const id = session.edits.addObject(name ?? undefined);
    for (const { frame, points, box, maskFile } of prompts) {
      if (maskFile) await session.edits.setMask(id, frame, await readMaskFile(maskFile, width, height));
      else await session.edits.setPoints(id, frame, points, box);
    }
  }
};

/** What the memory trees did, and where a look pays. */
const treeSummary = ({ trees }: SessionService): string => {
  const { spawned, switched, amendedFrames } = trees.counters;
  const frames = trees.review.slice(0, 5).map(({ frame }) => frame);
  const review = frames.length > 0 ? `; worth a look: frames ${frames.join(', ')}` : '';
  return `Memory tree: branches ${spawned}, switches ${switched}, frames amended ${amendedFrames}${review}`;
};

/**
 * Tracks and exports with a progress bar; an interrupt ends tracking early and exports what is there.
 * @returns the exit code
 */
export const trackAndExport = async (
  services: Services,
  session: SessionService,
  direction: TrackDirection,
  output: CliOutput,
): Promise<number> => {
  const progress = new ProgressView();
  let operationId = '';
  let isInterrupted = false;
  const follow = async (id: string): Promise<void> => {
    operationId = id;
    const timer = setInterval(() => progress.show(services.operations.get(id)!), 100);
    const ended = await services.operations.ended(id).finally(() => clearInterval(timer));
    progress.show(ended);
    if (ended.error) throw AppError.deserialize(ended.error);
  };
  const interrupt = (): void => {
    isInterrupted = true;
    services.operations.cancel(operationId);
  };
  try {
    return await withInterrupt(interrupt, async () => {
      let failure: unknown = null;
      await follow(services.runs.start(session, { direction }, null)).catch((error) => {
        failure = error;
      });
      const { frameCount } = session.media;
      const damage = damageText(session.media);
      const isPartial = isInterrupted || failure !== null || damage !== null;
      const tracked = session.objects.flatMap(({ results }) => results);
      const last = frameCount - 1;
      const range =
        (isInterrupted || failure !== null) && tracked.length > 0
          ? { from: Math.min(...tracked.map(([a]) => a)), to: Math.max(...tracked.map(([, b]) => b)) }
          : { from: 0, to: last };
      // The engine may have gone down with the work: what is known is written first, as data alone.
      const exportId = services.exports.start(session, {
        ...output,
        directory: await stillFree(output),
        json: true,
        range,
        partial: isPartial,
        ...(failure === null ? {} : { video: false, masks: false, contactSheet: false }),
      });
      await follow(exportId);
      progress.end();
      if (session.memory.mode === 'tree') process.stderr.write(`${treeSummary(session)}\n`);
      printOutputs(services.operations.get(exportId)!);
      if (failure !== null) throw failure;
      if (damage !== null) throw new AppError('source-truncated', `${damage} The readable frames were tracked and exported.`);
      return isInterrupted ? exitCodes.interrupted : exitCodes.done;
    });
  } finally {
    progress.end();
  }
};

/** @throws AppError `bad-request` for what is no frame rate */
const checkRate = (text: string | undefined): FrameRate | undefined => {
  if (text === undefined) return undefined;
  const rate = parseFrameRate(text);
  if (!rate)
    throw new AppError(
      'bad-request',
      `"${text}" is not a frame rate. Use ${leastRate} to ${mostRate} frames a second, as a number or a fraction: 25, 29.97 or 30000/1001.`,
    );
  return rate;
};

/** @returns null when the user stopped what was being fetched: nothing of it stays */
const openInterruptibly = async (services: Services, clip: string, imageRate?: FrameRate): Promise<SessionService | null> => {
  let isInterrupted = false;
  const interrupt = (): void => {
    isInterrupted = true;
    for (const { id, kind, state } of services.operations.list)
      if (kind === 'import' && state === 'running') services.operations.cancel(id);
  };
  try {
    const session = await withInterrupt(interrupt, () => openSource(services, clip, imageRate));
    return isInterrupted ? null : session;
  } catch (error) {
    if (isInterrupted) return null;
    throw error;
  }
};

const isDirection = (text: string): text is TrackDirection => ['forward', 'backward', 'both'].includes(text);

export const runTrackCommand = async (clip: string, options: TrackOptions): Promise<number> => {
  const objects = collectObjects(options);
  if (!isDirection(options.direction))
    throw new AppError('bad-request', `"${options.direction}" is not a direction. Use forward, backward or both.`);
  const output = {
    directory: resolve(options.out),
    video: options.video,
    masks: options.masks,
    contactSheet: false,
    overwrite: options.overwrite,
    inputs: inputsOf(clip, objects, options),
  };
  await requireOutputs(output);
  const services = await makeServices(options, { firstClip: clip });
  try {
    services.engine.require();
    const session = await openInterruptibly(services, clip, checkRate(options.fps));
    if (!session) return exitCodes.interrupted;
    for (const { level, text } of session.notes) if (level === 'info') process.stderr.write(`note: ${text}\n`);
    await applyPrompts(session, objects);
    return await trackAndExport(services, session, options.direction, output);
  } finally {
    await services.close();
  }
};
