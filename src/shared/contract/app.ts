/** Methods on the app itself: its state, log, settings and operations. */
import { z } from 'zod';
import { doctorReportSchema } from '../doctor.ts';
import { profileNames } from '../settings.ts';
import { type MethodTable, nothing } from './ids.ts';
import { appStateSchema } from './state.ts';

export const appMethods = {
  'app.state': { input: nothing, output: appStateSchema },
  'app.dismissNotice': { input: z.object({ id: z.number().int() }), output: nothing },
  /**
   * What the app uses now. `waiting` counts the calls the engine has not answered; its memory is null while there is no
   * engine.
   */
  'app.usage': {
    input: nothing,
    output: z.object({ hostBytes: z.number(), engineBytes: z.number().nullable(), waiting: z.number().int() }),
  },
  /**
   * Starts an engine again that has failed; in any other state nothing happens. `engine` in the state says how it goes.
   */
  'app.restartEngine': { input: nothing, output: nothing },
  /** The newest lines of the app's log, oldest first. */
  'app.log': { input: z.object({ lines: z.number().int().min(1).max(2000) }), output: z.object({ lines: z.array(z.string()) }) },
  /** What this machine has of what the app needs. */
  'app.doctor': { input: nothing, output: doctorReportSchema },
  /** Text for a report; without `withPaths` it names none of the user's files. */
  'app.diagnostics': { input: z.object({ withPaths: z.boolean() }), output: z.object({ text: z.string() }) },

  /** Checked by the table in settings.ts, and kept. */
  'settings.set': { input: z.object({ key: z.string().max(100), value: z.unknown() }), output: nothing },
  /** Sets one setting, or all of them, to the value that comes with the app. */
  'settings.reset': { input: z.object({ key: z.string().max(100).optional() }), output: nothing },
  'settings.useProfile': { input: z.object({ profile: z.enum(profileNames) }), output: nothing },

  'operation.cancel': { input: z.object({ operationId: z.string() }), output: nothing },
} as const satisfies MethodTable;
