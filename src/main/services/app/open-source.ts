/** Opens any source and waits for it: for callers without a window that would show how far it is. */
import { AppError } from '../../../shared/errors.ts';
import type { FrameRate } from '../../../shared/frame-rate.ts';
import { isProjectFolder } from '../project/project.ts';
import type { SessionService } from '../session/session-service.ts';
import { imageRateOf, importSource } from '../sources/import-source.ts';
import type { AppServices } from './app-services.ts';

/**
 * As `openSession`, and for folders of pictures and addresses, which are fetched first.
 * @param imageRate of a folder of pictures; the setting's where it is not given
 * @throws AppError why it can't be had
 */
export const openSource = async (services: AppServices, path: string, imageRate?: FrameRate): Promise<SessionService> => {
  const source = isProjectFolder(path) ? null : importSource(path, imageRate ?? imageRateOf(services.settings.values));
  if (!source) return services.openSession(path);
  const { error, state } = await services.operations.ended(services.sources.imports.start(source));
  if (error) throw AppError.deserialize(error);
  if (state === 'cancelled') throw new AppError('cancelled', 'The work was cancelled.');
  return services.session;
};
