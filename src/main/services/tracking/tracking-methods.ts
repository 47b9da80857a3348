/** The contract's methods on track runs. */
import type { Handlers, MethodsOf } from '../base/handlers.ts';
import type { GetSession } from '../session/session-methods.ts';
import type { TrackRuns } from './track-runs.ts';

export const trackingMethods = (session: GetSession, runs: TrackRuns): Handlers<MethodsOf<'track'>> => ({
  'track.start': ({ sessionId, ...request }) => ({ operationId: runs.start(session(sessionId), request) }),
});
