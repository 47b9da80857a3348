/** Methods on models: what is installed, what is fetched, which one the engine uses. */
import { z } from 'zod';
import { type MethodTable, modelIdSchema, nothing } from './ids.ts';

export const modelMethods = {
  /** Looks at the disk again; what is there is then in the state. */
  'model.list': { input: nothing, output: nothing },
  /**
   * Starts fetching a model's checkpoint; the state shows its progress. A download that was cut or cancelled goes on.
   */
  'model.download': { input: z.object({ id: modelIdSchema }), output: nothing },
  /** Ends a model's download or import; what was downloaded is kept. */
  'model.cancelDownload': { input: z.object({ id: modelIdSchema }), output: nothing },
  /** Starts installing a checkpoint file; without an id the model it fits is found. */
  'model.import': { input: z.object({ id: modelIdSchema.nullable(), path: z.string().min(1) }), output: z.object({ id: modelIdSchema }) },
  /** Starts reading an installed model again and comparing it with what is known of it. */
  'model.verify': { input: z.object({ id: modelIdSchema }), output: nothing },
  'model.remove': { input: z.object({ id: modelIdSchema }), output: nothing },
  /**
   * Makes a model the active one, for all sessions. Objects and prompts stay; frames with prompts get the new model's
   * masks.
   */
  'model.use': { input: z.object({ id: modelIdSchema, imageSize: z.number().int().positive() }), output: nothing },
  /**
   * Measures a model on the bundled clip; the result is in the state. Without `model` the active one; another is
   * measured in an engine of its own, also before it is installed. Refused (`busy`) while something runs.
   */
  'model.measure': {
    input: z.object({ model: z.object({ id: modelIdSchema, imageSize: z.number().int().positive() }).optional() }),
    output: nothing,
  },
  /** The proxy for downloads; null = what the environment says. */
  'model.setProxy': { input: z.object({ proxy: z.string().max(500).nullable() }), output: nothing },
} as const satisfies MethodTable;
