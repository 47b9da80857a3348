/** `sam2-video track`: prompts in, annotated clip, masks and results.json out. */
import type { TrackDirection } from '../../shared/contract/tracking.ts';
import { AppError } from '../../shared/errors.ts';
import { type FrameRate, leastRate, mostRate, parseFrameRate } from '../../shared/frame-rate.ts';
import { openSource } from '../services/app/open-source.ts';
import type { Services } from '../services/app/services.ts';
import type { SessionService } from '../services/session/session-service.ts';
import { givePrompt } from './give-prompt.ts';
import { type EngineOptions, makeServices } from './headless.ts';
import { exportedTables, type HideOptions, outputOf, redactionOf, requireOutputs } from './output-options.ts';
import { type CliObject, collectObjects } from './prompt-options.ts';
import { exitCodes, withInterrupt } from './terminal.ts';
import { trackAndExport } from './track-and-export.ts';

export interface TrackOptions extends EngineOptions, HideOptions {
  point: string[];
  negative: string[];
  box: string[];
  mask: string[];
  object: string[];
  out: string;
  direction: string;
  fps?: string | undefined;
  stream?: string | undefined;
  video: boolean;
  masks: boolean;
  export?: string | undefined;
  overwrite: boolean;
}

/** Gives the session its objects and their prompts. */
const applyPrompts = async (session: SessionService, objects: readonly CliObject[]): Promise<void> => {
  for (const { name, prompts } of objects) {
    const id = session.edits.addObject(name ?? undefined);
    for (const prompt of prompts) await givePrompt(session, id, prompt);
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

const checkStream = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  if (!/^\d{1,3}$/.test(text)) throw new AppError('bad-request', `"${text}" is not a video stream. Use its number: the first is 0.`);
  return Number(text);
};

/** @returns null when the user stopped what was being fetched: nothing of it stays */
const openInterruptibly = async (
  services: Services,
  clip: string,
  imageRate?: FrameRate,
  stream?: number,
): Promise<SessionService | null> => {
  let isInterrupted = false;
  const interrupt = (): void => {
    isInterrupted = true;
    for (const { id, kind, state } of services.operations.list)
      if (kind === 'import' && state === 'running') services.operations.cancel(id);
  };
  try {
    const session = await withInterrupt(interrupt, () => openSource(services, clip, imageRate, stream));
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
  const output = { ...outputOf(options, clip, objects), ...exportedTables(options.export), ...redactionOf(options) };
  const stream = checkStream(options.stream);
  await requireOutputs(output);
  const services = await makeServices(options, stream === undefined ? { firstClip: clip } : {});
  try {
    services.engine.require();
    const session = await openInterruptibly(services, clip, checkRate(options.fps), stream);
    if (!session) return exitCodes.interrupted;
    for (const { level, text } of session.notes) if (level === 'info') process.stderr.write(`note: ${text}\n`);
    await applyPrompts(session, objects);
    return await trackAndExport(services, session, options.direction, output);
  } finally {
    await services.close();
  }
};
