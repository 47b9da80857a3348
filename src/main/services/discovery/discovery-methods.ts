/** The contract's methods that find objects. */
import type { Handlers, MethodsOf } from '../base/handlers.ts';
import type { GetSession } from '../session/session-methods.ts';
import type { FindRuns } from './find-runs.ts';

export const discoveryMethods = (session: GetSession, find: FindRuns): Handlers<MethodsOf<'find'>> => ({
  'find.start': ({ sessionId, ...request }) => ({ operationId: find.start(session(sessionId), request) }),
});
