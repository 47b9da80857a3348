/** Tells the engine what changed of objects and prompts, and after an undo what changed back. */
import { AppError } from '../../../shared/errors.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import { type ObjectList, promptOn } from './object-list.ts';

export interface PromptedEngine {
  sessionId: string;
  engine: () => EnginePeer;
}

/** An engine that was lost is given everything when it is back, so nothing is amiss. */
export const tellEngine = async ({ engine }: PromptedEngine, work: (engine: EnginePeer) => Promise<unknown>): Promise<void> => {
  try {
    await work(engine());
  } catch (error) {
    if (AppError.from(error).code !== 'engine-lost') throw error;
  }
};

/** Gives the engine the prompts of objects that differ from `former`; their masks are those of the store. */
export const syncPrompts = (host: PromptedEngine, former: ObjectList, list: ObjectList): Promise<void> =>
  tellEngine(host, async (engine) => {
    const { sessionId } = host;
    for (const { id: objectId } of former)
      if (!list.some(({ id }) => id === objectId)) await engine.call('removeObject', { sessionId, objectId });
    for (const object of list) {
      const objectId = object.id;
      const before = former.find(({ id }) => id === objectId);
      if (before?.prompts === object.prompts) continue;
      // What the engine still knows of a frame would colour its new mask: it forgets that first.
      for (const prompt of before?.prompts ?? []) {
        const { frame } = prompt;
        if (promptOn(object, frame) !== prompt) await engine.call('clearPrompts', { sessionId, objectId, frame });
      }
      for (const prompt of object.prompts) {
        if (before && promptOn(before, prompt.frame) === prompt) continue;
        const { frame, points, box, mask, candidate = null } = prompt;
        if (mask) await engine.call('setMask', { sessionId, objectId, frame, mask });
        else await engine.call('setPoints', { sessionId, objectId, frame, points, box, prior: null, candidate });
      }
    }
  });
