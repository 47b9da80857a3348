/** Methods on projects: the folders in which work is kept. */
import { z } from 'zod';
import { inSession, type MethodTable, nothing, startedOperation } from './ids.ts';

export const projectMethods = {
  /** Opens a project's folder where it was left. `session.open` does so too when it is given one. */
  'project.open': { input: z.object({ path: z.string().min(1) }), output: inSession },
  /** Shows where the clip of a project is now and opens it; refused (`source-changed`) when the file is another one. */
  'project.relink': { input: z.object({ project: z.string().min(1), path: z.string().min(1) }), output: inSession },
  /**
   * Starts copying the session's project into `directory` as one folder that opens anywhere, with its clip inside or
   * without.
   */
  'project.export': {
    input: inSession.extend({ directory: z.string().min(1), withClip: z.boolean() }),
    output: startedOperation,
  },
  /** Takes a project off the recents; its folder stays. */
  'project.forget': { input: z.object({ path: z.string() }), output: nothing },
  /** A recent project's picture as a data: address, null without one. */
  'project.thumbnail': { input: z.object({ path: z.string() }), output: z.object({ url: z.string().nullable() }) },
} as const satisfies MethodTable;
