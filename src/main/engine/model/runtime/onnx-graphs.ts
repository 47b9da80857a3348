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
import { attentionDealing, type Dealing, dealingOf } from '../scheduler/dealing.ts';
import type { Tensors } from '../scheduler/graph-chains.ts';
import { isSmallModel, planLanes, SecondLane } from '../scheduler/helper-thread.ts';
import { ImagesAhead } from '../scheduler/images-ahead.ts';
import { AttentionGraphs } from './attention-graphs.ts';
import { apart, batchOf } from './batch-parts.ts';
import { CandidateGraphs } from './candidate-graphs.ts';
import { GraphRunner } from './graph-runner.ts';
import { type GraphPaths, type Releasable, sessionsOf } from './graph-sessions.ts';
import { type Attempt, attemptsOf, type EncoderPrecision, reasonOf, refusalOf } from './load-attempts.ts';
import type { ProviderChoice } from './providers.ts';
import { warmUp } from './warm-up.ts';

interface OnnxFeatures extends ImageFeatures {
  s0: Tensor;
  s1: Tensor;
  top: Tensor;
  topInit: Tensor;
  /** What the attention graph takes of the image, once it was asked for. */
  forAttention?: Promise<Tensors>;
  /** Whose frame it is. */
  owner: object;
}

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
  runner: GraphRunner;
  /** All of these, those that are opened later too. */
  opened: readonly Releasable[];
}

export interface LoadOptions {
  /** A second thread beside this one, where the provider is the CPU and there are threads for it; default: none. */
  twoLanes?: boolean;
  /** A thread that waits to be the second lane, and is ended where none is needed. */
  idleLane?: SecondLane | null;
}

export class OnnxGraphs implements TrackerGraphs {
  readonly provider: Provider;
  /** Why this provider and not a better one, and this image encoder where the model has two. */
  readonly providerReason: string;
  readonly encoderPrecision: EncoderPrecision;
  readonly #runner: GraphRunner;
  readonly #opened: readonly Releasable[];
  readonly #attention: AttentionGraphs;
  /** null where the model has none. */
  readonly #candidates: CandidateGraphs | null;
  readonly #dealing: Dealing;
  readonly #c: TrackerConstants;
  /** null without a second lane. */
  readonly #ahead: ImagesAhead<OnnxFeatures> | null;
  #noMask: Float32Array = new Float32Array(0);

  private constructor(constants: TrackerConstants, { runner, opened }: Parts, { provider, encoderPrecision }: Attempt, reason: string) {
    this.#c = constants;
    this.#runner = runner;
    this.#opened = opened;
    const hasCandidates = runner.has('candidateDecoder') && runner.has('maskUpscaler');
    const isSmall = isSmallModel(constants);
    this.#dealing = dealingOf(provider, isSmall, runner);
    this.#attention = new AttentionGraphs(runner, constants, attentionDealing(provider, isSmall, runner));
    this.#ahead = runner.hasLane ? new ImagesAhead((rgb, forSeveral, owner) => this.#encode(rgb, forSeveral, owner), isSmall) : null;
    this.#candidates = hasCandidates ? new CandidateGraphs(runner, this.#attention, this.#dealing) : null;
    this.provider = provider;
    this.encoderPrecision = encoderPrecision;
    this.providerReason = reason;
  }

  /** @throws AppError `model-corrupt` when no provider can load the graphs */
  static async load(
    paths: GraphPaths,
    constants: TrackerConstants,
    choice: ProviderChoice,
    { twoLanes = false, idleLane = null }: LoadOptions = {},
  ): Promise<OnnxGraphs> {
    let idle = idleLane;
    const takeLane = (): SecondLane => {
      const lane = idle ?? new SecondLane();
      idle = null;
      return lane;
    };
    try {
      return await OnnxGraphs.#load(paths, constants, choice, twoLanes ? takeLane : null);
    } finally {
      await idle?.release();
    }
  }

  static async #load(
    paths: GraphPaths,
    constants: TrackerConstants,
    choice: ProviderChoice,
    takeLane: (() => SecondLane) | null,
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
        const plan = takeLane && provider === 'cpu' ? planLanes(choice.threads, constants) : null;
        const starting = plan ? keep(takeLane!()).open({ ...paths, imageEncoder }, plan.second) : null;
        // Told below; until then this thread opens its own.
        starting?.catch(() => {});
        const sessions = sessionsOf(
          { ...paths, imageEncoder: plan ? undefined : imageEncoder },
          provider,
          plan?.first ?? choice.threads,
          keep,
        );
        const first = provider === 'cpu' ? [sessions.imageEncoder, sessions.maskDecoder] : Object.values(sessions);
        try {
          for (const opening of first) await opening?.();
        } finally {
          await Promise.allSettled([starting]);
        }
        const runner = new GraphRunner(sessions, (await starting) ?? null);
        const reason = reasonOf(attempt, refused, paths, choice);
        const graphs = new OnnxGraphs(constants, { runner, opened }, attempt, reason);
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
    return this.#runner.takeTimings();
  }

  async encodeImage(rgb: Uint8Array, owner: object = this): Promise<ImageFeatures> {
    this.#ahead?.newFrame(owner);
    return this.#encode(rgb, false, owner);
  }

  /** @param forSeveral see {@link ImagesAhead} */
  async #encode(rgb: Uint8Array, forSeveral: boolean, owner: object): Promise<OnnxFeatures> {
    const size = this.#c.imageSize;
    const feeds = { image: new Tensor('uint8', rgb, [1, size, size, 3]) };
    if (this.#runner.has('imageEncoder')) return featuresOf(await this.#runner.run('imageEncoder', feeds), owner);
    const { outputs, forAttention } = await this.#runner.encodeInLane(feeds, forSeveral && this.#runner.has('imageAttention'));
    return { ...featuresOf(outputs, owner), ...(forAttention && { forAttention: Promise.resolve(forAttention) }) };
  }

  encodeAhead(rgb: Uint8Array, isNext: boolean, owner: object): AheadFeatures | null {
    return this.#ahead?.begin(rgb, isNext, owner) ?? null;
  }

  initialFeatures(features: ImageFeatures): ConditionedFeatures {
    return { batch: 1, pix: (features as OnnxFeatures).topInit } as OnnxConditioned;
  }

  rawFeatures(features: ImageFeatures): ConditionedFeatures {
    return { batch: 1, pix: (features as OnnxFeatures).top } as OnnxConditioned;
  }

  async attend(features: ImageFeatures, input: AttendInput): Promise<ConditionedFeatures> {
    this.#ahead?.attends(input.batch, (features as OnnxFeatures).owner);
    const objects = await this.#attention.attend(await this.#imageForAttention(features as OnnxFeatures), input, 'memoryAttention');
    return { batch: input.batch, pix: batchOf(objects.map(({ pix }) => pix!)) } as OnnxConditioned;
  }

  #imageForAttention(features: OnnxFeatures): Promise<Tensors> {
    const { top } = features;
    if (!this.#runner.has('imageAttention')) return Promise.resolve({ top });
    features.forAttention ??= askedOnce(features, this.#runner.run('imageAttention', { top }));
    return features.forAttention;
  }

  async decode(features: ImageFeatures, pix: ConditionedFeatures, input: DecodeInput): Promise<DecodeOutput> {
    const { logitSize } = this.#c;
    const { batch: b, pointCount: n } = input;
    const { s0, s1 } = features as OnnxFeatures;
    return decoded(
      await this.#runner.run('maskDecoder', {
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
    this.#ahead?.attends(input.batch, (features as OnnxFeatures).owner);
    return this.#imageForAttention(features as OnnxFeatures).then((image) => candidates.decode(image, input));
  }

  drawMasks(features: ImageFeatures, candidates: CandidateOutput, wanted: readonly WantedMasks[]): Promise<DrawnMasks[]> {
    const { s0, s1, top } = features as OnnxFeatures;
    const drawing = this.#candidates!.draw({ s0, s1, top }, candidates, wanted);
    if (wanted.some(({ remember }) => remember.length > 0)) this.#ahead?.remembers();
    return drawing;
  }

  async encodeMemory(features: ImageFeatures, input: EncodeMemoryInput): Promise<Float32Array[]> {
    const { logitSize } = this.#c;
    const { batch } = input;
    const image = { top: (features as OnnxFeatures).top };
    const whole: Tensors = {
      logits: new Tensor('float32', input.logits, [batch, 1, logitSize, logitSize]),
      binarize: new Tensor('float32', input.binarize, [batch]),
      object_logit: new Tensor('float32', input.objectLogit, [batch]),
    };
    // How long the lane still encodes the next image is not known here.
    const encoding = this.#runner.runForEach(this.#dealing, 'memoryEncoder', image, apart(whole));
    this.#ahead?.remembers();
    return (await encoding).map(({ memory }) => memory!.data as Float32Array);
  }

  async downsampleMask(mask: Float32Array): Promise<{ prompt: Float32Array; noObjectPointer: Float32Array }> {
    if (!this.#runner.has('maskPrompt'))
      throw new AppError('model-mismatch', 'This model takes no mask prompts. Use clicks or a box, or choose another model.');
    const size = this.#c.imageSize;
    const out = await this.#runner.run('maskPrompt', { mask: new Tensor('float32', mask, [1, 1, size, size]) });
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

/** A run that fails is told where it is attended to, and is not remembered, so that another try runs it anew. */
const askedOnce = (features: OnnxFeatures, run: Promise<Tensors>): Promise<Tensors> => {
  run.catch(() => {
    if (features.forAttention === run) delete features.forAttention;
  });
  return run;
};

const featuresOf = (out: Tensors, owner: object): OnnxFeatures => ({
  s0: out.s0!,
  s1: out.s1!,
  top: out.top!,
  topInit: out.top_init!,
  owner,
});

const decoded = (out: Tensors): DecodeOutput => ({
  masks: out.masks!.data as Float32Array,
  ious: out.ious!.data as Float32Array,
  pointers: out.pointers!.data as Float32Array,
  objectLogit: out.object_logit!.data as Float32Array,
});
