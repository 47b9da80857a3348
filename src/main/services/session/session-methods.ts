/** The contract's methods on objects, prompts, history and marks. */
import type { Handlers } from '../app/client-link.ts';
import type { SessionService } from './session-service.ts';

export interface EditServices {
  readonly session: SessionService;
  /** Pauses a run that is under way for the work. */
  edit<T>(work: () => Promise<T>): Promise<T>;
  /** The user rests on a frame. */
  attend(frame: number): void;
  /** Behind the edits that are under way. */
  inOrder<T>(work: () => T): Promise<T>;
}

type EditMethod =
  | Extract<keyof Handlers, `object.${string}` | `prompt.${string}` | `history.${string}`>
  | 'session.setMarks'
  | 'session.setPosition'
  | 'session.attend'
  | 'session.frameTimes';

export const editMethods = (services: EditServices): Pick<Handlers, EditMethod> => ({
  'object.add': async ({ name }) => ({ objectId: await services.inOrder(() => services.session.addObject(name)) }),
  'object.update': async ({ objectId, others = [], ...change }) => {
    await services.inOrder(() => services.session.edits.updateObjects([objectId, ...others], change));
    return {};
  },
  'object.remove': async ({ objectId, others = [] }) => {
    await services.edit(() => services.session.edits.removeObjects([objectId, ...others]));
    return {};
  },
  'object.reorder': async ({ objectIds }) => {
    await services.inOrder(() => services.session.edits.reorder(objectIds));
    return {};
  },
  'object.merge': async ({ objectIds, into }) => {
    await services.edit(() => services.session.edits.merge(objectIds, into));
    return {};
  },
  'object.lane': ({ objectId, since }) => services.session.store.lane(objectId, since),
  'prompt.set': async ({ objectId, frame, points, box }) => {
    await services.edit(() => services.session.setPoints(objectId, frame, points, box));
    return {};
  },
  'prompt.setMask': async ({ objectId, frame, mask }) => {
    await services.edit(() => services.session.setMask(objectId, frame, mask));
    return {};
  },
  'prompt.candidate': ({ objectId, frame, index }) => services.edit(() => services.session.edits.chooseCandidate(objectId, frame, index)),
  'prompt.clear': async ({ objectId, frame }) => {
    await services.edit(() => services.session.clearPrompts(objectId, frame));
    return {};
  },
  'history.undo': async () => ({ label: await services.edit(() => services.session.edits.undo()) }),
  'history.redo': async () => ({ label: await services.edit(() => services.session.edits.redo()) }),
  'session.setMarks': async (marks) => {
    await services.inOrder(() => services.session.edits.setMarks(marks));
    return {};
  },
  'session.setPosition': ({ frame }) => {
    services.session.edits.setPosition(frame);
    return {};
  },
  'session.attend': ({ frame }) => {
    services.attend(frame);
    return {};
  },
  'session.frameTimes': ({ from, to }) => ({ timesMs: services.session.frameTimes(from, to) }),
});
