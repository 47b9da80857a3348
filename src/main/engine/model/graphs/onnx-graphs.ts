/**
 * A bundle's graphs in ONNX Runtime, as the tracker sees them. `run` blocks this thread (it is a synchronous native
 * call), so this lives in the inference worker and nowhere else.
 */
import { Tensor } from 'onnxruntime-node';
import { AppError } from '../../../../shared/errors.ts';
import type { Manifest } from '../../../../shared/manifest.ts';
import type { Provider } from '../../api/providers.ts';
import type { GraphTimings } from '../../api/timings.ts';
import type { TrackerConstants } from '../../tracking/constants.ts';
import type {
  AheadFeatures,
  AttendInput,
  CandidateOutput,
  ConditionedFeatures,
  DecodeInput,
  DecodeOutput,
  DrawnMasks,
  EncodeMemoryInput,
  ImageFeatures,
  TrackerGraphs,
  WantedMasks,
} from '../../tracking/graphs.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { type GraphPaths, type Releasable, sessionsOf } from '../runtime/graph-sessions.ts';
import type { ProviderChoice } from '../runtime/providers.ts';
import { batchOf, type Tensors, unstack } from '../runtime/tensor-batches.ts';
import type { EncodedImage } from '../scheduler/encoded-image.ts';
import { GraphScheduler } from '../scheduler/graph-scheduler.ts';
import { HelperThread, isSmallModel, planThreads } from '../scheduler/helper-thread.ts';
import { AttentionGraphs } from './attention-graphs.ts';
import { CandidateGraphs } from './candidate-graphs.ts';
import { type Attempt, attemptsOf, type EncoderPrecision, reasonOf, refusalOf } from './load-attempts.ts';
import { warmUp } from './warm-up.ts';

interface OnnxConditioned extends ConditionedFeatures {
  pix: Tensor;
}

export type { GraphPaths };

/** The graphs of a bundle that has all it needs. */
export const graphPathsOf = (bundle: Bundle): GraphPaths => ({
  imageEncoder: bundle.graphFile('imageEncoder'),
  memoryAttention: bundle.graphFile('memoryAttention'),
  maskDecoder: bundle.graphFile('maskDecoder'),
  memoryEncoder: bundle.graphFile('memoryEncoder'),
  maskPrompt: bundle.manifest.graphs.maskPrompt ? bundle.graphFile('maskPrompt') : undefined,
  candidateDecoder: bundle.manifest.graphs.candidateDecoder ? bundle.graphFile('candidateDecoder') : undefined,
  maskUpscaler: bundle.manifest.graphs.maskUpscaler ? bundle.graphFile('maskUpscaler') : undefined,
  imageAttention: bundle.manifest.graphs.imageAttention ? bundle.graphFile('imageAttention') : undefined,
  memoryReader: bundle.manifest.graphs.memoryReader ? bundle.graphFile('memoryReader') : undefined,
  imageEncoderInt8: bundle.manifest.graphs.imageEncoderInt8 ? bundle.graphFile('imageEncoderInt8') : undefined,
});

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
    keepClickedPiece: manifest.keepClickedPiece ?? false,
  };
};

interface Parts {
  scheduler: GraphScheduler;
  /** All of these, those that are opened later too. */
  opened: readonly Releasable[];
}

export interface LoadOptions {
  /** A helper thread beside this one, where the provider is the CPU and there are threads for it; default: none. */
  usesHelper?: boolean;
  /** A thread that waits to be the helper, and is ended where none is needed. */
  idleHelper?: HelperThread | null;
}

export class OnnxGraphs implements TrackerGraphs {
  readonly provider: Provider;
  /** Why this provider and not a better one, and this image encoder where the model has two. */
  readonly providerReason: string;
  readonly encoderPrecision: EncoderPrecision;
  readonly #scheduler: GraphScheduler;
  readonly #opened: readonly Releasable[];
  readonly #attention: AttentionGraphs;
  /** null where the model has none. */
  readonly #candidates: CandidateGraphs | null;
  readonly #c: TrackerConstants;
  #noMask: Float32Array = new Float32Array(0);

  private constructor(constants: TrackerConstants, { scheduler, opened }: Parts, { provider, encoderPrecision }: Attempt, reason: string) {
    const hasCandidates = scheduler.has('candidateDecoder') && scheduler.has('maskUpscaler');
    this.#c = constants;
    this.#scheduler = scheduler;
    this.#opened = opened;
    this.#attention = new AttentionGraphs(scheduler, constants);
    this.#candidates = hasCandidates ? new CandidateGraphs(scheduler, this.#attention) : null;
    this.provider = provider;
    this.encoderPrecision = encoderPrecision;
    this.providerReason = reason;
  }

  /** @throws AppError `model-corrupt` when no provider can load the graphs */
  static async load(
    paths: GraphPaths,
    constants: TrackerConstants,
    choice: ProviderChoice,
    { usesHelper = false, idleHelper = null }: LoadOptions = {},
  ): Promise<OnnxGraphs> {
    let idle = idleHelper;
    const takeHelper = (): HelperThread => {
      const helper = idle ?? new HelperThread();
      idle = null;
      return helper;
    };
    try {
      return await OnnxGraphs.#load(paths, constants, choice, usesHelper ? takeHelper : null);
    } finally {
      await idle?.release();
    }
  }

  static async #load(
    paths: GraphPaths,
    constants: TrackerConstants,
    choice: ProviderChoice,
    takeHelper: (() => HelperThread) | null,
  ): Promise<OnnxGraphs> {
    const refused: string[] = [];
    let lastError: unknown = null;
    for (const attempt of attemptsOf(paths, choice)) {
      const { provider, imageEncoder } = attempt;
      const opened: Releasable[] = [];
      const keep = <T extends Releasable>(made: T): T => {
        opened.push(made);
        return made;
      };
      try {
        const plan = takeHelper && provider === 'cpu' ? planThreads(choice.threads, constants) : null;
        const starting = plan ? keep(takeHelper!()).open({ ...paths, imageEncoder }, plan.helper) : null;
        // Told below; until then this thread opens its own.
        starting?.catch(() => {});
        const sessions = sessionsOf(
          { ...paths, imageEncoder: plan ? undefined : imageEncoder },
          provider,
          plan?.own ?? choice.threads,
          keep,
        );
        const first = provider === 'cpu' ? [sessions.imageEncoder, sessions.maskDecoder] : Object.values(sessions);
        try {
          for (const opening of first) await opening?.();
        } finally {
          await Promise.allSettled([starting]);
        }
        const scheduler = new GraphScheduler(sessions, (await starting) ?? null, { provider, isSmall: isSmallModel(constants) });
        const reason = reasonOf(attempt, refused, paths, choice);
        const graphs = new OnnxGraphs(constants, { scheduler, opened }, attempt, reason);
        // The CPU has nothing to compile, and starting fast matters there.
        if (provider !== 'cpu') await warmUp(graphs, constants);
        graphs.takeTimings();
        return graphs;
      } catch (error) {
        for (const made of opened) await made.release();
        if (attempt.encoderPrecision === 'fp32' && error instanceof AppError && error.code === 'model-mismatch') throw error;
        lastError = error;
        refused.push(refusalOf(attempt, error));
      }
    }
    throw new AppError('model-corrupt', `The model could not be loaded (${refused.at(-1)}). Remove it and install it again.`, {
      cause: lastError,
      details: { refused },
    });
  }

  /** Time inside ONNX Runtime since the last call. */
  takeTimings(): GraphTimings {
    return this.#scheduler.takeTimings();
  }

  encodeImage(rgb: Uint8Array, owner: object = this): Promise<ImageFeatures> {
    return this.#scheduler.encodeImage(rgb, owner);
  }

  encodeAhead(rgb: Uint8Array, isNext: boolean, owner: object): AheadFeatures | null {
    return this.#scheduler.encodeAhead(rgb, isNext, owner);
  }

  initialFeatures(features: ImageFeatures): ConditionedFeatures {
    return { batch: 1, pix: (features as EncodedImage).topInit } as OnnxConditioned;
  }

  rawFeatures(features: ImageFeatures): ConditionedFeatures {
    return { batch: 1, pix: (features as EncodedImage).top } as OnnxConditioned;
  }

  async attend(features: ImageFeatures, input: AttendInput): Promise<ConditionedFeatures> {
    const image = await this.#scheduler.beginAttention(features as EncodedImage, input.batch);
    const objects = await this.#attention.attend(image, input, 'memoryAttention');
    return { batch: input.batch, pix: batchOf(objects.map(({ pix }) => pix!)) } as OnnxConditioned;
  }

  async decode(features: ImageFeatures, pix: ConditionedFeatures, input: DecodeInput): Promise<DecodeOutput> {
    const { logitSize } = this.#c;
    const { batch: b, pointCount: n } = input;
    const { s0, s1 } = features as EncodedImage;
    return decoded(
      await this.#scheduler.run('maskDecoder', {
        pix: (pix as OnnxConditioned).pix,
        s0,
        s1,
        points: new Tensor('float32', input.points, [b, n, 2]),
        labels: new Tensor('float32', input.labels, [b, n]),
        mask_prompt: new Tensor('float32', input.maskPrompt ?? this.#emptyMasks(b), [b, 1, logitSize, logitSize]),
        has_mask: new Tensor('float32', input.hasMask, [b]),
      }),
    );
  }

  decodeCandidates(features: ImageFeatures, input: AttendInput): Promise<CandidateOutput> | null {
    const candidates = this.#candidates;
    if (!candidates) return null;
    return this.#scheduler.beginAttention(features as EncodedImage, input.batch).then((image) => candidates.decode(image, input));
  }

  drawMasks(features: ImageFeatures, candidates: CandidateOutput, wanted: readonly WantedMasks[]): Promise<DrawnMasks[]> {
    const { s0, s1, top } = features as EncodedImage;
    const drawing = this.#candidates!.draw({ s0, s1, top }, candidates, wanted);
    if (wanted.some(({ remember }) => remember.length > 0)) this.#scheduler.memoriesBegun();
    return drawing;
  }

  async encodeMemory(features: ImageFeatures, input: EncodeMemoryInput): Promise<Float32Array[]> {
    const { logitSize } = this.#c;
    const { batch } = input;
    const image = { top: (features as EncodedImage).top };
    const whole: Tensors = {
      logits: new Tensor('float32', input.logits, [batch, 1, logitSize, logitSize]),
      binarize: new Tensor('float32', input.binarize, [batch]),
      object_logit: new Tensor('float32', input.objectLogit, [batch]),
    };
    const encoding = this.#scheduler.runForEach('memoryEncoder', image, unstack(whole));
    this.#scheduler.memoriesBegun();
    return (await encoding).map(({ memory }) => memory!.data as Float32Array);
  }

  async downsampleMask(mask: Float32Array): Promise<{ prompt: Float32Array; noObjectPointer: Float32Array }> {
    if (!this.#scheduler.has('maskPrompt'))
      throw new AppError('model-mismatch', 'This model takes no mask prompts. Use clicks or a box, or choose another model.');
    const size = this.#c.imageSize;
    const out = await this.#scheduler.run('maskPrompt', { mask: new Tensor('float32', mask, [1, 1, size, size]) });
    return { prompt: out.mask_prompt!.data as Float32Array, noObjectPointer: (out.no_object_pointer!.data as Float32Array).slice() };
  }

  async release(): Promise<void> {
    for (const made of this.#opened) await made.release();
  }

  #emptyMasks(batch: number): Float32Array {
    const length = batch * this.#c.logitSize ** 2;
    if (this.#noMask.length < length) this.#noMask = new Float32Array(length);
    return this.#noMask.subarray(0, length);
  }
}

const decoded = (out: Tensors): DecodeOutput => ({
  masks: out.masks!.data as Float32Array,
  ious: out.ious!.data as Float32Array,
  pointers: out.pointers!.data as Float32Array,
  objectLogit: out.object_logit!.data as Float32Array,
});
