/** The contract's methods that find objects, and those on what was found. */
import type { Handlers, MethodsOf } from '../base/handlers.ts';
import { keepFound, renameFound } from '../session/found-objects.ts';
import type { GetSession } from '../session/session-methods.ts';
import type { FindRuns } from './find-runs.ts';

export const discoveryMethods = (session: GetSession, find: FindRuns): Handlers<MethodsOf<'find'>> => ({
  'find.classes': async () => ({ classes: await find.classes() }),
  'find.start': async ({ sessionId, ...request }) => {
    await find.checkClasses(request.settings.classes);
    return { operationId: find.start(session(sessionId), request) };
  },
  'find.keep': async ({ sessionId, objectIds }) => {
    await session(sessionId).inOrder((edits) => keepFound(edits, objectIds));
    return {};
  },
  'find.rename': async ({ sessionId, objectIds, name }) => {
    await session(sessionId).inOrder((edits) => renameFound(edits, objectIds, name));
    return {};
  },
});
