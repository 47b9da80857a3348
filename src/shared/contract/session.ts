/** Methods that open and close sessions, and those on what one holds: pictures, objects, prompts, history, marks. */
import { z } from 'zod';
import { candidateMaskSchema } from '../candidates.ts';
import { memorySettingsSchema } from '../memory-settings.ts';
import { treeEventSchema } from '../memory-tree.ts';
import { boxSchema, maskSchema, pointSchema } from '../prompts.ts';
import { reviewMarkSchema } from '../review.ts';
import { laneSchema, marksChangeSchema } from '../session-state.ts';
import { frameNumber, inSession, type MethodTable, nothing, objectIdSchema, otherObjects, sessionIdSchema } from './ids.ts';

const objectId = objectIdSchema;

export const sessionMethods = {
  /**
   * A file, a project's folder, a folder of pictures, or an address. The last two are fetched first: `sessionId` is
   * null then, and the operation (kind `import`) names the session when it has opened it. What is open already is not
   * opened twice.
   */
  'session.open': {
    /** isNew: with a new project, also where the clip has one. */
    input: z.object({ path: z.string().min(1), isNew: z.boolean().optional() }),
    output: z.object({ sessionId: sessionIdSchema.nullable(), operationId: z.string().nullable() }),
  },
  'session.openSample': { input: nothing, output: inSession },
  /** Ends what works on the session, and closes it. Its work is kept as a project. */
  'session.close': { input: inSession, output: nothing },
  /**
   * The session this client looks at from now on; null for none. Its state is sent at once and with every change, and
   * so are its pictures. Its prompts go before the work on others.
   */
  'session.watch': { input: z.object({ sessionId: sessionIdSchema.nullable() }), output: nothing },

  /**
   * Answers with a binary frame message of the same request id. Only the newest request of a client is sure to be
   * answered.
   */
  'frame.get': {
    input: inSession.extend({
      requestId: z.number().int().positive(),
      frame: frameNumber,
      /**
       * Asks for a thumbnail, which never gets in the way of other pictures: any frame before this one will do; the
       * message says which it is.
       */
      until: frameNumber.optional(),
      maxWidth: z.number().int().min(64).max(4096),
      maxHeight: z.number().int().min(64).max(4096),
    }),
    output: nothing,
  },
  /**
   * Presentation times of frames `from` to `to` in ms from the first frame, exact at a variable rate; at most 10,000
   * frames.
   */
  'session.frameTimes': {
    input: inSession.extend({ from: frameNumber, to: frameNumber }),
    output: z.object({ timesMs: z.array(z.number()) }),
  },
  /** The user rests on a frame, so a click there is likely; nothing is changed by it. */
  'session.prefetchFrame': { input: inSession.extend({ frame: frameNumber }), output: nothing },
  /** Remembers the frame the user looks at; the window calls it when the playhead rests. */
  'session.setPosition': { input: inSession.extend({ frame: frameNumber }), output: nothing },
  'session.setMarks': { input: inSession.extend(marksChangeSchema.shape), output: nothing },
  /**
   * How objects are remembered in this session, from its next run on; the default for new ones is a setting
   * (`track.memory`).
   */
  'session.setMemory': { input: inSession.extend({ memory: memorySettingsSchema }), output: nothing },

  'object.add': { input: inSession.extend({ name: z.string().max(200).optional() }), output: z.object({ objectId }) },
  'object.update': {
    input: inSession.extend({
      objectId,
      others: otherObjects,
      name: z.string().min(1).max(200).optional(),
      color: z.string().optional(),
      visible: z.boolean().optional(),
      solo: z.boolean().optional(),
      locked: z.boolean().optional(),
    }),
    output: nothing,
  },
  'object.remove': { input: inSession.extend({ objectId, others: otherObjects }), output: nothing },
  /** All objects, in their new order. */
  'object.reorder': { input: inSession.extend({ objectIds: z.array(objectId) }), output: nothing },
  /** The objects become one, `into`, whose mask is their union on every frame. */
  'object.merge': { input: inSession.extend({ objectIds: z.array(objectId).min(1).max(100), into: objectId }), output: nothing },
  /**
   * How the object is on each frame.
   * @param since a revision the client knows; the answer holds what changed after it
   */
  'object.lane': { input: inSession.extend({ objectId, since: z.number().int().nonnegative().default(0) }), output: laneSchema },

  /**
   * Replaces all prompts of an object on a frame; the mask is computed at once and pushed as a frame message without
   * planes.
   */
  'prompt.set': {
    input: inSession.extend({ objectId, frame: frameNumber, points: z.array(pointSchema).max(200), box: boxSchema.nullable() }),
    output: nothing,
  },
  'prompt.setMask': { input: inSession.extend({ objectId, frame: frameNumber, mask: maskSchema }), output: nothing },
  /** Takes another of the model's candidate masks for a frame's points: the next one, or that of `index`. */
  'prompt.candidate': {
    input: inSession.extend({ objectId, frame: frameNumber, index: z.number().int().min(0).max(3).optional() }),
    output: z.object({ index: z.number().int(), count: z.number().int() }),
  },
  /** The candidate masks that look different from each other, as small pictures, best rated first; changes nothing. */
  'prompt.candidates': {
    input: inSession.extend({ objectId, frame: frameNumber }),
    output: z.object({ masks: z.array(candidateMaskSchema) }),
  },
  'prompt.clear': { input: inSession.extend({ objectId, frame: frameNumber }), output: nothing },

  /** An entry of the review list was looked at, or is to be looked at again. Undo does not change it. */
  'review.setDone': { input: inSession.extend({ entry: reviewMarkSchema, isDone: z.boolean() }), output: nothing },

  /** Takes back the last step, or does it again; the label of the step, null when there was none. */
  'history.undo': { input: inSession, output: z.object({ label: z.string().nullable() }) },
  'history.redo': { input: inSession, output: z.object({ label: z.string().nullable() }) },

  /** What happened in an object's memory tree on frames `from` to `to`, by frame; at most 5000 events, the newest. */
  'tree.get': {
    input: inSession.extend({ objectId, from: frameNumber, to: frameNumber }),
    output: z.object({ events: z.array(treeEventSchema) }),
  },
} as const satisfies MethodTable;
