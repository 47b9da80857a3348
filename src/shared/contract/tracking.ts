/** Methods that run over a session's clip: tracking and exports. */
import { z } from 'zod';
import { exportChoiceSchema, exportEstimateSchema } from '../export-choice.ts';
import { frameNumber, inSession, type MethodTable, objectIdSchema, startedOperation } from './ids.ts';

export const trackDirectionSchema = z.enum(['forward', 'backward', 'both']);
export type TrackDirection = z.infer<typeof trackDirectionSchema>;

export const trackingMethods = {
  /** One run of a session at a time; runs of several sessions share the engine. */
  'track.start': {
    input: inSession.extend({
      direction: trackDirectionSchema,
      from: frameNumber.optional(),
      to: frameNumber.optional(),
      objectIds: z.array(objectIdSchema).optional(),
    }),
    output: startedOperation,
  },
  /** Refused (`disk-full`) when the disk has less room than the estimate. */
  'export.start': { input: inSession.extend(exportChoiceSchema.shape), output: startedOperation },
  /**
   * About how many bytes an export will be, how many are free, and the folder that would be made.
   * @param measure encode some of the clip to find out, which takes a moment
   */
  'export.estimate': {
    input: inSession.extend({ ...exportChoiceSchema.shape, measure: z.boolean().default(false) }),
    output: exportEstimateSchema,
  },
} as const satisfies MethodTable;
