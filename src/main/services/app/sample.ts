/** The bundled clip and the object that it starts with. */
import { AppError } from '../../../shared/errors.ts';
import { samplePrompt } from '../base/sample-prompt.ts';
import type { SessionService } from '../session/session-service.ts';
import type { Services } from './services.ts';

/** Adds the sample's object to a session of the sample clip. */
export const promptSample = async (session: SessionService): Promise<void> => {
  await session.edits.setPoints(session.edits.addObject('Squirrel'), samplePrompt.frame, samplePrompt.points, null);
};

/**
 * What a newcomer sees: the sample open, its object being tracked. The window comes up whatever the model or the clip
 * do; what failed is shown in it, and returned.
 */
export const startSample = async (services: Services, sampleClip: string): Promise<AppError | null> => {
  try {
    services.engine.require();
    const session = await services.sessions.open(sampleClip);
    await promptSample(session);
    services.runs.start(session, { direction: 'forward' });
    return null;
  } catch (error) {
    const known = AppError.from(error);
    services.notices.add('error', known.message);
    return known;
  }
};

/** Opens the projects that were open when the app ended. @returns how many; what can't be opened is said in a notice */
export const resumeLast = async (services: Services): Promise<number> => {
  const { projects, sessions, notices, engine } = services;
  let opened = 0;
  for (const folder of projects.recents.open)
    try {
      engine.require();
      await sessions.openProject(folder);
      opened++;
    } catch (error) {
      notices.add('warning', AppError.from(error).message);
    }
  return opened;
};
