/**
 * manifest.json of a model bundle (models/README.md): where its files are, their hashes, and every constant the tracker
 * uses. The schema is strict: an unknown key is a manifest from another version of the app, and is refused rather than
 * half understood. The constants are limited to what makes sense, since a manifest may come from a stranger and its
 * numbers become buffer sizes.
 */
import { z } from 'zod';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits');
const bytesSchema = z
  .number()
  .int()
  .nonnegative()
  .max(2 ** 40);
const finite = z.number().min(-1e9).max(1e9);
const positiveInt = (max: number) => z.number().int().positive().max(max);
const text = (max: number) => z.string().max(max);

/** A name that is safe as a single path segment on every platform. */
const fileNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]{0,199}$/, 'must be a plain file name')
  .refine((name) => !name.endsWith('.'), 'must not end in a dot');

/**
 * A '/' separated path relative to the bundle's folder; it may climb ("../sam2.1-common/x.onnx"), openBundle checks how
 * far.
 */
const bundlePathSchema = z
  .string()
  .max(400)
  .regex(
    /^(\.\.\/){0,4}([A-Za-z0-9_][A-Za-z0-9._+-]*\/){0,8}[A-Za-z0-9_][A-Za-z0-9._+-]*$/,
    'must be a relative path inside the models folder',
  )
  .refine((path) => !/\.(\/|$)/.test(path.replace(/^(\.\.\/)+/, '')), 'must have no segment that ends in a dot');

/** One ONNX graph: its file, and the size and hash that it is checked against before it is loaded. */
export const graphFileSchema = z.strictObject({ file: bundlePathSchema, sha256: sha256Schema, bytes: bytesSchema.positive() });
export type GraphFile = z.infer<typeof graphFileSchema>;

/**
 * The graphs of a bundle. `maskPrompt` is the one that bundles without mask prompts lack; `candidateDecoder` and
 * `maskUpscaler` are the mask decoder of frames without a prompt in two steps, where that is worth graphs of their own:
 * what is said of the candidates, and the masks of those that are wanted. With `imageAttention` and `memoryReader` the
 * memory attention is three graphs: the work on the image alone, what each memory gives, whoever attends to it, and the
 * rest. `imageEncoderInt8` does what `imageEncoder` does, nearly: with 8-bit products, which CPUs have more of.
 */
const graphsSchema = z.strictObject({
  imageEncoder: graphFileSchema,
  memoryAttention: graphFileSchema,
  maskDecoder: graphFileSchema,
  memoryEncoder: graphFileSchema,
  maskPrompt: graphFileSchema.optional(),
  candidateDecoder: graphFileSchema.optional(),
  maskUpscaler: graphFileSchema.optional(),
  imageAttention: graphFileSchema.optional(),
  memoryReader: graphFileSchema.optional(),
  imageEncoderInt8: graphFileSchema.optional(),
});
export type GraphName = keyof z.infer<typeof graphsSchema>;
/** What is run: the image encoder is one of two. */
export type RunGraph = Exclude<GraphName, 'imageEncoderInt8'>;
export const graphNames = Object.keys(graphsSchema.shape) as readonly GraphName[];

/** What an initializer of a weight-less graph must find in the checkpoint. */
const weightParameterSchema = z.strictObject({
  key: z.string().min(1).max(300),
  shape: z.array(positiveInt(2 ** 31)).max(8),
  dtype: z.literal('float32'),
});
export type WeightParameter = z.infer<typeof weightParameterSchema>;

/**
 * The weights of a weight-less bundle: a PyTorch checkpoint the user downloads or imports. `sha256` null = not
 * published.
 */
const weightsSchema = z.strictObject({
  kind: z.literal('checkpoint'),
  file: fileNameSchema,
  sha256: sha256Schema.nullable(),
  bytes: bytesSchema,
  url: z.union([z.url({ protocol: /^https?$/ }), z.literal('')]).nullable(),
  /** Written by the app's import: the graphs hold the offsets of this file. Without it, nothing can be loaded. */
  bound: z.literal(true).optional(),
  /** Initializer name -> tensor of the state dict. */
  parameters: z.record(z.string().min(1).max(300), weightParameterSchema),
});
export type Weights = z.infer<typeof weightsSchema>;

/**
 * From where on the model's own answers become candidates when objects are found without a click; measured by
 * `bench:discover`. Predicted IoU and stability mean something else for each model.
 */
const discoverySchema = z.strictObject({
  pointIou: z.number().min(0).max(1),
  boxIou: z.number().min(0).max(1),
  /** 0: not asked for. */
  stability: z.number().min(0).max(1),
  stabilityOffset: finite,
});
export type DiscoveryThresholds = z.infer<typeof discoverySchema>;

/** How a model of our own was made; null for models of others. */
const trainingSchema = z.strictObject({
  command: text(4000),
  data: z.array(text(2000)).max(100),
  quality: z.record(z.string(), z.unknown()),
});

const rgb = z.tuple([finite, finite, finite]);

export const manifestSchema = z
  .strictObject({
    schema: z.literal(1),
    id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,79}$/, 'must be a short lower-case identifier'),
    name: text(200).min(1),
    family: z.enum(['sam2.1', 'nano']),
    version: text(80).min(1),
    licence: text(4000),
    source: text(4000),

    /** Side of the square model input in pixels, and how many of them one feature covers. */
    imageSize: positiveInt(4096),
    stride: positiveInt(256),
    hiddenDim: positiveInt(8192),
    memoryDim: positiveInt(8192),
    /** Normalisation of 0..1 RGB; it happens inside image_encoder, recorded here for people. */
    mean: rgb,
    std: rgb,

    numMaskmem: positiveInt(64),
    memoryTemporalStride: positiveInt(1024),
    maxObjPtrs: positiveInt(1024),
    /** Most conditioning frames in the attention; -1 = all. */
    maxCondFrames: z.union([z.literal(-1), positiveInt(4096)]),
    sigmoidScale: finite,
    sigmoidBias: finite,
    multimaskMinPoints: z.number().int().nonnegative().max(1024),
    multimaskMaxPoints: z.number().int().nonnegative().max(1024),
    stabilityDelta: finite,
    stabilityThreshold: finite,
    noObjScore: finite,
    maskPromptClamp: finite,
    maskPromptLogit: finite,
    /** Holes of at most this many low-res pixels are filled; 0 = never. */
    fillHoleArea: z.number().int().nonnegative().max(1e6),
    binarizePromptedMasks: z.boolean(),
    /**
     * Of an answer to a single click only the piece that was clicked is kept; without it everything is, as SAM 2 does.
     */
    keepClickedPiece: z.boolean().optional(),
    multimaskForTracking: z.boolean(),

    /** Without it the values of SAM 2 hold. */
    discovery: discoverySchema.optional(),

    graphs: graphsSchema,
    /** null = the graphs contain their weights. */
    weights: weightsSchema.nullable(),
    training: trainingSchema.nullable(),
  })
  .refine((m) => m.imageSize % m.stride === 0, { path: ['imageSize'], error: 'must be a multiple of stride' })
  .refine((m) => m.hiddenDim % 8 === 0, { path: ['hiddenDim'], error: 'must be a multiple of 8' })
  .refine((m) => !m.graphs.imageAttention === !m.graphs.memoryReader, {
    path: ['graphs'],
    error: 'must have both imageAttention and memoryReader, or neither',
  })
  .refine((m) => m.hiddenDim % m.memoryDim === 0, { path: ['memoryDim'], error: 'must divide hiddenDim' })
  .refine((m) => m.multimaskMinPoints <= m.multimaskMaxPoints, {
    path: ['multimaskMinPoints'],
    error: 'must not exceed multimaskMaxPoints',
  });

/** A validated manifest.json. */
export type Manifest = z.infer<typeof manifestSchema>;
