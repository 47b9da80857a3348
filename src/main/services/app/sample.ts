/** The bundled clip and the prompts it starts with: the rabbit, where all of it is first seen, without the stones beside it and the roots above. */
import { AppError } from '../../../shared/errors.ts';
import type { PromptPoint } from '../../../shared/prompts.ts';
import type { SessionService } from '../session/session-service.ts';
import type { AppServices } from './app-services.ts';

export const samplePrompt: { frame: number; points: PromptPoint[] } = {
  frame: 60,
  points: [
    { x: 480, y: 360, label: 1 },
    { x: 450, y: 130, label: 1 },
    { x: 190, y: 370, label: 0 },
    { x: 160, y: 490, label: 0 },
    { x: 110, y: 60, label: 0 },
  ],
};

/** Adds the sample's object to a session of the sample clip. */
export const promptSample = async (session: SessionService): Promise<void> => {
  await session.setPoints(session.addObject('Rabbit'), samplePrompt.frame, samplePrompt.points, null);
};

/**
 * What a newcomer sees: the sample open, its object being tracked. The window comes up whatever the model or the clip do; what
 * failed is shown in it, and returned.
 */
export const startSample = async (services: AppServices, sampleClip: string): Promise<AppError | null> => {
  try {
    services.requireEngine();
    await promptSample(await services.openSession(sampleClip));
    services.startTrack({ direction: 'both' });
    return null;
  } catch (error) {
    const known = AppError.from(error);
    services.notify('error', known.message);
    return known;
  }
};

/** Opens the project that was open when the app ended. @returns false when there is none, or it can't be opened */
export const resumeLast = async (services: AppServices): Promise<boolean> => {
  const { last } = services.projects.recents;
  if (last === null) return false;
  try {
    services.requireEngine();
    await services.openProject(last);
    return true;
  } catch (error) {
    services.notify('warning', AppError.from(error).message);
    return false;
  }
};
