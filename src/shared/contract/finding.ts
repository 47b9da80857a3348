/** Methods that find objects in a clip, and those on the objects that were found. */
import { z } from 'zod';
import { discoverySettingsSchema } from '../discovery.ts';
import { frameNumber, inSession, type MethodTable, nothing, objectIdSchema, startedOperation } from './ids.ts';

const objectIds = z.array(objectIdSchema).min(1).max(10_000);

export const findingMethods = {
  /** The classes that a search can be limited to: what the installed detector knows, none without one. */
  'find.classes': { input: nothing, output: z.object({ classes: z.array(z.string()) }) },
  /**
   * Finds objects in the clip. What is found becomes objects when the operation ends, also when it is cancelled, as one
   * step of the history. Refused (`bad-request`) when a class is unknown.
   */
  'find.start': {
    input: inSession.extend({ settings: discoverySettingsSchema, from: frameNumber.optional(), to: frameNumber.optional() }),
    output: startedOperation,
  },
  /** The user accepts found objects as they are: one step of the history. */
  'find.keep': { input: inSession.extend({ objectIds }), output: nothing },
  /**
   * Several objects get one name with a number behind it, "player 1" and "player 2", in the order given: one step of
   * the history.
   */
  'find.rename': { input: inSession.extend({ objectIds, name: z.string().trim().min(1).max(190) }), output: nothing },
} as const satisfies MethodTable;
