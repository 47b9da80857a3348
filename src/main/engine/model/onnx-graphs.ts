/**
 * A bundle's graphs in ONNX Runtime, as the tracker sees them. `run` blocks this thread (it is a synchronous native call), so
 * this lives in the inference worker and nowhere else.
 */
import { basename } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { AppError } from '../../../shared/errors.ts';
import type { GraphName, Manifest } from '../../../shared/manifest.ts';
import type { TrackerConstants } from '../tracking/constants.ts';
import type {
  AttendInput,
  ConditionedFeatures,
  DecodeInput,
  DecodeOutput,
  EncodeMemoryInput,
  ImageFeatures,
  TrackerGraphs,
} from '../tracking/graphs.ts';
import type { Bundle } from './bundle.ts';
import { type Provider, type ProviderChoice, sessionOptions } from './providers.ts';
import { warmUp } from './warm-up.ts';

interface OnnxFeatures extends ImageFeatures {
  s0: Tensor;
  s1: Tensor;
  top: Tensor;
  topInit: Tensor;
}

interface OnnxConditioned extends ConditionedFeatures {
  pix: Tensor;
}

/** Where a graph's bytes are: a file path (external data beside it is found by ONNX Runtime). */
export type GraphPaths = Record<GraphName, string | undefined>;

/** The graphs of a bundle that has all it needs. */
export const graphPathsOf = (bundle: Bundle): GraphPaths => ({
  imageEncoder: bundle.graphFile('imageEncoder'),
  memoryAttention: bundle.graphFile('memoryAttention'),
  maskDecoder: bundle.graphFile('maskDecoder'),
  memoryEncoder: bundle.graphFile('memoryEncoder'),
  maskPrompt: bundle.manifest.graphs.maskPrompt ? bundle.graphFile('maskPrompt') : undefined,
});

export interface GraphTimings {
  /** ms inside ONNX Runtime per graph since the last call of `takeTimings`. */
  imageEncoder: number;
  memoryAttention: number;
  maskDecoder: number;
  memoryEncoder: number;
}

export const constantsOf = (manifest: Manifest): TrackerConstants => {
  const featureSize = manifest.imageSize / manifest.stride;
  return {
    imageSize: manifest.imageSize,
    featureSize,
    logitSize: featureSize * 4,
    hiddenDim: manifest.hiddenDim,
    memoryDim: manifest.memoryDim,
    numMaskmem: manifest.numMaskmem,
    memoryTemporalStride: manifest.memoryTemporalStride,
    maxObjPtrs: manifest.maxObjPtrs,
    maxCondFrames: manifest.maxCondFrames,
    multimaskMinPoints: manifest.multimaskMinPoints,
    multimaskMaxPoints: manifest.multimaskMaxPoints,
    multimaskForTracking: manifest.multimaskForTracking,
    stabilityDelta: manifest.stabilityDelta,
    stabilityThreshold: manifest.stabilityThreshold,
    noObjScore: manifest.noObjScore,
    maskPromptClamp: manifest.maskPromptClamp,
    maskPromptLogit: manifest.maskPromptLogit,
    binarizePromptedMasks: manifest.binarizePromptedMasks,
  };
};

/**
 * Graphs may compute in fp16 but take and give fp32: where JavaScript has `Float16Array` (Node 24, Electron), onnxruntime-node
 * fails on fp16 tensors with "not enough space".
 */
const refuseHalfFloats = (path: string, session: InferenceSession): void => {
  for (const value of [...session.inputMetadata, ...session.outputMetadata]) {
    if (value.isTensor && value.type === 'float16') {
      throw new AppError(
        'model-mismatch',
        `${basename(path)} takes or gives 16-bit floats ("${value.name}"), which can't be passed to it here. Export the model with 32-bit inputs and outputs.`,
      );
    }
  }
};

/**
 * Object `b` of a batch, as a batch of one. On the CPU each attention runs alone: the keys and scores of several objects (37 MB each
 * for SAM 2.1 at 512 px) push each other out of the cache, so that five together take a tenth longer than one after the other.
 */
const oneOf = (input: AttendInput, b: number): AttendInput => {
  const slice = <T extends Float32Array | BigInt64Array>(values: T): T => {
    const each = values.length / input.batch;
    return values.subarray(b * each, (b + 1) * each) as T;
  };
  return {
    batch: 1,
    memories: input.memories,
    memory: slice(input.memory),
    temporalRow: slice(input.temporalRow),
    memoryWeight: slice(input.memoryWeight),
    pointerCount: input.pointerCount,
    pointers: slice(input.pointers),
    pointerPosition: slice(input.pointerPosition),
    pointerWeight: slice(input.pointerWeight),
  };
};

const zeroTimings = (): GraphTimings => ({ imageEncoder: 0, memoryAttention: 0, maskDecoder: 0, memoryEncoder: 0 });

type Sessions = Record<Exclude<GraphName, 'maskPrompt'>, InferenceSession> & { maskPrompt: InferenceSession | null };

export class OnnxGraphs implements TrackerGraphs {
  readonly provider: Provider;
  /** Why this provider and not a better one. */
  readonly providerReason: string;
  readonly #sessions: Sessions;
  readonly #c: TrackerConstants;
  #timings = zeroTimings();
  #noMask: Float32Array = new Float32Array(0);

  private constructor(constants: TrackerConstants, sessions: Sessions, provider: Provider, providerReason: string) {
    this.#c = constants;
    this.#sessions = sessions;
    this.provider = provider;
    this.providerReason = providerReason;
  }

  /** @throws AppError `model-corrupt` when no provider can load the graphs */
  static async load(paths: GraphPaths, constants: TrackerConstants, choice: ProviderChoice): Promise<OnnxGraphs> {
    const refused: string[] = [];
    let lastError: unknown = null;
    for (const provider of choice.order) {
      const made: InferenceSession[] = [];
      try {
        const open = async (path: string): Promise<InferenceSession> => {
          const session = await InferenceSession.create(path, sessionOptions(provider, choice.threads));
          made.push(session);
          refuseHalfFloats(path, session);
          return session;
        };
        const sessions = {
          imageEncoder: await open(paths.imageEncoder!),
          memoryAttention: await open(paths.memoryAttention!),
          maskDecoder: await open(paths.maskDecoder!),
          memoryEncoder: await open(paths.memoryEncoder!),
          maskPrompt: paths.maskPrompt ? await open(paths.maskPrompt) : null,
        };
        const reason = refused.length === 0 ? 'the best this machine offers' : `${refused.join('; ')}`;
        const graphs = new OnnxGraphs(constants, sessions, provider, reason);
        // The CPU has nothing to compile, and starting fast matters there.
        if (provider !== 'cpu') await warmUp(graphs, constants);
        graphs.takeTimings();
        return graphs;
      } catch (error) {
        if (error instanceof AppError && error.code === 'model-mismatch') throw error;
        lastError = error;
        refused.push(`${provider} is not usable: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]}`);
        for (const session of made) await session.release();
      }
    }
    throw new AppError('model-corrupt', `The model could not be loaded (${refused.at(-1)}). Remove it and install it again.`, {
      cause: lastError,
      details: { refused },
    });
  }

  /** Accumulated ms inside ONNX Runtime, and starts anew. */
  takeTimings(): GraphTimings {
    const taken = this.#timings;
    this.#timings = zeroTimings();
    return taken;
  }

  async encodeImage(rgb: Uint8Array): Promise<ImageFeatures> {
    const size = this.#c.imageSize;
    const out = await this.#run('imageEncoder', { image: new Tensor('uint8', rgb, [1, size, size, 3]) });
    const features: OnnxFeatures = { s0: out.s0!, s1: out.s1!, top: out.top!, topInit: out.top_init! };
    return features;
  }

  initialFeatures(features: ImageFeatures): ConditionedFeatures {
    return { batch: 1, pix: (features as OnnxFeatures).topInit } as OnnxConditioned;
  }

  rawFeatures(features: ImageFeatures): ConditionedFeatures {
    return { batch: 1, pix: (features as OnnxFeatures).top } as OnnxConditioned;
  }

  async attend(features: ImageFeatures, input: AttendInput): Promise<ConditionedFeatures> {
    if (this.provider !== 'cpu' || input.batch === 1) return this.#attend(features, input);
    const { featureSize, hiddenDim } = this.#c;
    const each = hiddenDim * featureSize * featureSize;
    const pix = new Float32Array(input.batch * each);
    for (let b = 0; b < input.batch; b++) {
      const one = (await this.#attend(features, oneOf(input, b))) as OnnxConditioned;
      pix.set(one.pix.data as Float32Array, b * each);
    }
    return { batch: input.batch, pix: new Tensor('float32', pix, [input.batch, hiddenDim, featureSize, featureSize]) } as OnnxConditioned;
  }

  async #attend(features: ImageFeatures, input: AttendInput): Promise<ConditionedFeatures> {
    const { featureSize, memoryDim, hiddenDim } = this.#c;
    const { batch: b, memories: m, pointerCount: p } = input;
    const out = await this.#run('memoryAttention', {
      top: (features as OnnxFeatures).top,
      memory: new Tensor('float32', input.memory, [b, m, featureSize * featureSize, memoryDim]),
      memory_tpos: new Tensor('int64', input.temporalRow, [b, m]),
      memory_weight: new Tensor('float32', input.memoryWeight, [b, m]),
      pointers: new Tensor('float32', input.pointers, [b, p, hiddenDim]),
      pointer_pos: new Tensor('float32', input.pointerPosition, [b, p]),
      pointer_weight: new Tensor('float32', input.pointerWeight, [b, p]),
    });
    return { batch: b, pix: out.pix! } as OnnxConditioned;
  }

  async decode(features: ImageFeatures, pix: ConditionedFeatures, input: DecodeInput): Promise<DecodeOutput> {
    const { logitSize } = this.#c;
    const { batch: b, pointCount: n } = input;
    const { s0, s1 } = features as OnnxFeatures;
    const out = await this.#run('maskDecoder', {
      pix: (pix as OnnxConditioned).pix,
      s0,
      s1,
      points: new Tensor('float32', input.points, [b, n, 2]),
      labels: new Tensor('float32', input.labels, [b, n]),
      mask_prompt: new Tensor('float32', input.maskPrompt ?? this.#emptyMasks(b), [b, 1, logitSize, logitSize]),
      has_mask: new Tensor('float32', input.hasMask, [b]),
    });
    return {
      masks: out.masks!.data as Float32Array,
      ious: out.ious!.data as Float32Array,
      pointers: out.pointers!.data as Float32Array,
      objectLogit: out.object_logit!.data as Float32Array,
    };
  }

  async encodeMemory(features: ImageFeatures, input: EncodeMemoryInput): Promise<Float32Array> {
    const { logitSize } = this.#c;
    const out = await this.#run('memoryEncoder', {
      top: (features as OnnxFeatures).top,
      logits: new Tensor('float32', input.logits, [input.batch, 1, logitSize, logitSize]),
      binarize: new Tensor('float32', input.binarize, [input.batch]),
      object_logit: new Tensor('float32', input.objectLogit, [input.batch]),
    });
    return out.memory!.data as Float32Array;
  }

  async downsampleMask(mask: Float32Array): Promise<{ prompt: Float32Array; noObjectPointer: Float32Array }> {
    const session = this.#sessions.maskPrompt;
    if (!session) throw new AppError('model-mismatch', 'This model takes no mask prompts. Use clicks or a box, or choose another model.');
    const size = this.#c.imageSize;
    const out = await session.run({ mask: new Tensor('float32', mask, [1, 1, size, size]) });
    return { prompt: out.mask_prompt!.data as Float32Array, noObjectPointer: (out.no_object_pointer!.data as Float32Array).slice() };
  }

  async release(): Promise<void> {
    for (const session of Object.values(this.#sessions)) await session?.release();
  }

  #emptyMasks(batch: number): Float32Array {
    const length = batch * this.#c.logitSize ** 2;
    if (this.#noMask.length < length) this.#noMask = new Float32Array(length);
    return this.#noMask.subarray(0, length);
  }

  async #run(graph: keyof GraphTimings, feeds: Record<string, Tensor>): Promise<InferenceSession.OnnxValueMapType> {
    const start = performance.now();
    try {
      return await this.#sessions[graph].run(feeds);
    } catch (error) {
      throw new AppError(
        'inference-failed',
        `The model stopped in ${graph}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}. Try another model or the CPU provider.`,
        { cause: error },
      );
    } finally {
      this.#timings[graph] += performance.now() - start;
    }
  }
}
