/** Models as a client sees them: what there is, what is installed, and what is being done about it. */
import { z } from 'zod';
import { serializedErrorSchema } from './serialized-error.ts';

const bytes = z.number().int().nonnegative();

/** Downloading, importing or verifying one model; the last one that ended stays until the next begins. */
const modelTaskSchema = z.object({
  kind: z.enum(['download', 'import', 'verify']),
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  /** "waiting": the connection broke and is tried again in a moment. */
  phase: z.enum(['connecting', 'transferring', 'waiting', 'checking', 'binding']),
  done: bytes,
  /** 0 while nobody has said how much there is. */
  total: bytes,
  bytesPerSecond: z.number().nonnegative().nullable(),
  etaMs: z.number().nonnegative().nullable(),
  /** What came of it, in words. */
  message: z.string().nullable(),
  error: serializedErrorSchema.nullable(),
});
export type ModelTask = z.infer<typeof modelTaskSchema>;

/** An installed checkpoint. */
const installedWeightsSchema = z.object({
  path: z.string(),
  bytes,
  sha256: z.string(),
  /** The address it was downloaded from, or the path it was imported from. */
  source: z.string(),
  installedAt: z.string(),
  /**
   * "recorded": nobody published a sha256 for these bytes; the first one seen was recorded and is checked from then on.
   */
  checked: z.enum(['published', 'recorded']),
});

const modelEntrySchema = z.object({
  id: z.string(),
  name: z.string(),
  licence: z.string(),
  /** How fast it is, in words. */
  speed: z.string(),
  /** How exact its masks are, as J&F in 0..1, and on what that was found; null where nobody has measured it. */
  quality: z.object({ score: z.number().min(0).max(1), basis: z.string() }).nullable(),
  /** Sides of the square input in px, smallest first; the first is used unless another is asked for. */
  imageSizes: z.array(z.number().int().positive()).min(1),
  /** "bundled" comes with the app; "partial": a download was cut or cancelled and can be taken up again. */
  state: z.enum(['bundled', 'installed', 'partial', 'missing']),
  /** The checkpoint it takes; null for a bundled model. */
  weights: z.object({ file: z.string(), url: z.string().nullable(), bytes: bytes.nullable(), sha256: z.string().nullable() }).nullable(),
  installed: installedWeightsSchema.nullable(),
  /** Bytes of a download that can be taken up again. */
  partialBytes: bytes,
  task: modelTaskSchema.nullable(),
});
export type ModelEntry = z.infer<typeof modelEntrySchema>;

/** How fast a model was on this machine, from the decoder to the mask. */
export const modelSpeedSchema = z.object({
  id: z.string(),
  imageSize: z.number().int().positive(),
  provider: z.string(),
  /** Objects that were tracked at once. */
  objects: z.number().int().positive(),
  framesPerSecond: z.number().positive(),
  measuredAt: z.string(),
});
export type ModelSpeed = z.infer<typeof modelSpeedSchema>;

export const modelsStateSchema = z.object({
  entries: z.array(modelEntrySchema),
  /** The model at work, and by which execution provider and why; null while none is loaded. */
  active: z
    .object({
      id: z.string(),
      name: z.string(),
      imageSize: z.number().int(),
      provider: z.string(),
      providerReason: z.string(),
      /**
       * Why a GPU that is there is not used, and what to do, in one sentence; null when one is used or none is there.
       */
      advice: z.string().nullable(),
    })
    .nullable(),
  /**
   * What an engine that starts is given, in bytes checked; 0 of 0 while there is nothing to count. null: it has its
   * model, or none.
   */
  loading: z.object({ name: z.string(), done: bytes, total: bytes, etaMs: z.number().nonnegative().nullable() }).nullable(),
  /** Another model is being put to work: prompts and tracking wait. */
  isSwitching: z.boolean(),
  /** The newest first; one for each model, size, provider and number of objects. */
  speeds: z.array(modelSpeedSchema),
  /** The speed of the model at work is being measured. */
  isMeasuring: z.boolean(),
  /** The proxy for downloads, when one was set in the app. */
  proxy: z.string().nullable(),
});
export type ModelsState = z.infer<typeof modelsStateSchema>;

/** "sam2.1-tiny@512" as its parts; without "@" the size is null. */
export const parseModelSpec = (spec: string): { id: string; imageSize: number | null } => {
  const match = /^(.+)@(\d{1,4})$/.exec(spec);
  return match ? { id: match[1]!, imageSize: Number(match[2]) } : { id: spec, imageSize: null };
};

export const modelSpec = (id: string, imageSize: number): string => `${id}@${imageSize}`;
