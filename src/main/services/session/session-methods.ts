/** The contract's methods on what a session holds: pictures, objects, prompts, history, marks, memory. */
import { encodeFrameMessage } from '../../../shared/wire.ts';
import { type Handlers, type MethodsOf, viewerOf } from '../base/handlers.ts';
import type { SessionService } from './session-service.ts';

/** @throws AppError `session-unknown` */
export type GetSession = (sessionId: string) => SessionService;

type SessionMethod =
  | MethodsOf<'object' | 'prompt' | 'history' | 'frame' | 'tree'>
  | 'review.setDone'
  | 'session.setMarks'
  | 'session.setPosition'
  | 'session.prefetchFrame'
  | 'session.frameTimes';

export const sessionMethods = (session: GetSession): Handlers<SessionMethod> => ({
  'frame.get': async ({ sessionId, requestId, frame, until, maxWidth, maxHeight }, client) => {
    const message = await session(sessionId).frameMessage(requestId, frame, maxWidth, maxHeight, until, viewerOf(client));
    client.sendBinary(encodeFrameMessage(message));
    return {};
  },
  'session.frameTimes': ({ sessionId, from, to }) => ({ timesMs: session(sessionId).frameTimes(from, to) }),
  'session.prefetchFrame': ({ sessionId, frame }) => {
    session(sessionId).prefetchFrame(frame);
    return {};
  },
  'session.setPosition': ({ sessionId, frame }) => {
    session(sessionId).edits.setPosition(frame);
    return {};
  },
  'session.setMarks': async ({ sessionId, ...marks }) => {
    await session(sessionId).inOrder((edits) => edits.setMarks(marks));
    return {};
  },

  'object.add': async ({ sessionId, name }) => ({ objectId: await session(sessionId).inOrder((edits) => edits.addObject(name)) }),
  'object.update': async ({ sessionId, objectId, others = [], ...change }) => {
    await session(sessionId).inOrder((edits) => edits.updateObjects([objectId, ...others], change));
    return {};
  },
  'object.remove': async ({ sessionId, objectId, others = [] }) => {
    await session(sessionId).edit((edits) => edits.removeObjects([objectId, ...others]));
    return {};
  },
  'object.reorder': async ({ sessionId, objectIds }) => {
    await session(sessionId).inOrder((edits) => edits.reorder(objectIds));
    return {};
  },
  'object.merge': async ({ sessionId, objectIds, into }) => {
    await session(sessionId).edit((edits) => edits.merge(objectIds, into));
    return {};
  },
  'object.lane': ({ sessionId, objectId, since }) => session(sessionId).store.lane(objectId, since),

  'prompt.set': async ({ sessionId, objectId, frame, points, box }) => {
    await session(sessionId).edit((edits) => edits.setPoints(objectId, frame, points, box));
    return {};
  },
  'prompt.setMask': async ({ sessionId, objectId, frame, mask }) => {
    await session(sessionId).edit((edits) => edits.setMask(objectId, frame, mask));
    return {};
  },
  'prompt.candidate': ({ sessionId, objectId, frame, index }) =>
    session(sessionId).edit((edits) => edits.chooseCandidate(objectId, frame, index)),
  'prompt.candidates': async ({ sessionId, objectId, frame }) => ({
    masks: await session(sessionId).edit((edits) => edits.candidates(objectId, frame)),
  }),
  'prompt.clear': async ({ sessionId, objectId, frame }) => {
    await session(sessionId).edit((edits) => edits.clearPrompts(objectId, frame));
    return {};
  },

  'review.setDone': async ({ sessionId, entry, isDone }) => {
    await session(sessionId).inOrder((edits) => edits.setReviewed(entry, isDone));
    return {};
  },

  'history.undo': async ({ sessionId }) => ({ label: await session(sessionId).edit((edits) => edits.undo()) }),
  'history.redo': async ({ sessionId }) => ({ label: await session(sessionId).edit((edits) => edits.redo()) }),

  'tree.get': ({ sessionId, objectId, from, to }) => ({ events: session(sessionId).trees.events(objectId, from, to) }),
});
