import { readMaskFile } from '../services/session/mask-file.ts';
import type { SessionService } from '../services/session/session-service.ts';
import type { CliFramePrompt } from './prompt-options.ts';

/** Gives an object of the session a prompt of the command line. @throws AppError for a mask file that can't be used */
export const givePrompt = async (
  session: SessionService,
  objectId: number,
  { frame, points, box, maskFile }: CliFramePrompt,
): Promise<void> => {
  const { width, height } = session.media;
  if (maskFile) await session.edits.setMask(objectId, frame, await readMaskFile(maskFile, width, height));
  else await session.edits.setPoints(objectId, frame, points, box);
};
