/** Opens any source and waits for it: for callers without a window that would show its progress. */
import { AppError } from '../../../shared/errors.ts';
import type { FrameRate } from '../../../shared/frame-rate.ts';
import { isProjectFolder } from '../project/project.ts';
import type { SessionService } from '../session/session-service.ts';
import { imageRateOf, importSource } from '../sources/import-source.ts';
import type { Services } from './services.ts';

/**
 * Opens a clip or a project, and also folders of pictures and addresses, which are fetched first.
 * @param imageRate of a folder of pictures; the setting's by default
 * @param stream video stream of a file; by default the largest that moves
 * @throws AppError why it can't be opened
 */
export const openSource = async (services: Services, path: string, imageRate?: FrameRate, stream?: number): Promise<SessionService> => {
  const { settings, sessions, operations, sources } = services;
  const source = isProjectFolder(path) ? null : importSource(path, imageRate ?? imageRateOf(settings.values));
  if (!source) return sessions.open(path, stream);
  const { error, state, sessionId } = await operations.ended(sources.imports.start(source));
  if (error) throw AppError.deserialize(error);
  if (state === 'cancelled' || sessionId === null) throw new AppError('cancelled', 'The work was cancelled.');
  return sessions.get(sessionId);
};
