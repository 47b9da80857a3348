/** A model made of rules instead of weights, for tests of the tracker's own logic. Sizes are tiny. */
import type { TrackerConstants } from '../constants.ts';
import type {
  AttendInput,
  ConditionedFeatures,
  DecodeInput,
  DecodeOutput,
  EncodeMemoryInput,
  ImageFeatures,
  TrackerGraphs,
} from '../graphs.ts';

export const testConstants: TrackerConstants = {
  imageSize: 32,
  featureSize: 2,
  logitSize: 8,
  hiddenDim: 4,
  memoryDim: 2,
  numMaskmem: 7,
  memoryTemporalStride: 1,
  maxObjPtrs: 16,
  maxCondFrames: -1,
  multimaskMinPoints: 0,
  multimaskMaxPoints: 1,
  multimaskForTracking: true,
  stabilityDelta: 0.05,
  stabilityThreshold: 0.98,
  noObjScore: -1024,
  maskPromptClamp: 32,
  maskPromptLogit: 10,
  binarizePromptedMasks: true,
  keepClickedPiece: false,
};

export interface ScriptedCall {
  kind: 'attend' | 'decode' | 'encodeMemory' | 'encodeImage' | 'downsampleMask';
  attend?: AttendInput;
  decode?: DecodeInput;
  memory?: EncodeMemoryInput;
  /** Which features the decoder was given. */
  pix?: 'initial' | 'raw' | 'attended';
}

/** Per object of the batch: logits of the four masks, their IoUs, the object logit. */
export interface ScriptedDecode {
  masks?: number[];
  ious?: number[];
  objectLogit?: number;
}

/** Records every call; `script` answers each decode (by order), the default is a present object on the left half. */
export class ScriptedGraphs implements TrackerGraphs {
  readonly calls: ScriptedCall[] = [];
  /** Off for very long runs. */
  isRecording = true;
  script: (call: number, index: number) => ScriptedDecode = () => ({});
  #decodes = 0;

  async encodeImage(): Promise<ImageFeatures> {
    this.#record({ kind: 'encodeImage' });
    return {};
  }

  initialFeatures(): ConditionedFeatures {
    return { batch: 1, source: 'initial' } as ConditionedFeatures;
  }

  rawFeatures(): ConditionedFeatures {
    return { batch: 1, source: 'raw' } as ConditionedFeatures;
  }

  async attend(_features: ImageFeatures, input: AttendInput): Promise<ConditionedFeatures> {
    this.#record({ kind: 'attend', attend: { ...input, memory: input.memory.slice(), pointers: input.pointers.slice() } });
    return { batch: input.batch, source: 'attended' } as ConditionedFeatures;
  }

  async decode(_features: ImageFeatures, pix: ConditionedFeatures, input: DecodeInput): Promise<DecodeOutput> {
    const { logitSize, hiddenDim } = testConstants;
    this.#record({ kind: 'decode', decode: input, pix: (pix as unknown as { source: 'initial' | 'raw' | 'attended' }).source });
    const pixels = logitSize ** 2;
    const output: DecodeOutput = {
      masks: new Float32Array(input.batch * 4 * pixels),
      ious: new Float32Array(input.batch * 4),
      pointers: new Float32Array(input.batch * 4 * hiddenDim),
      objectLogit: new Float32Array(input.batch),
    };
    for (let b = 0; b < input.batch; b++) {
      const { masks = [1, 2, 3, 4], ious = [0.5, 0.6, 0.9, 0.7], objectLogit = 5 } = this.script(this.#decodes, b);
      output.objectLogit[b] = objectLogit;
      for (let k = 0; k < 4; k++) {
        output.ious[b * 4 + k] = ious[k]!;
        output.pointers.fill(this.#decodes * 10 + k, (b * 4 + k) * hiddenDim, (b * 4 + k + 1) * hiddenDim);
        for (let i = 0; i < pixels; i++) output.masks[(b * 4 + k) * pixels + i] = i % logitSize < logitSize / 2 ? masks[k]! : -masks[k]!;
      }
    }
    this.#decodes++;
    return output;
  }

  async encodeMemory(_features: ImageFeatures, input: EncodeMemoryInput): Promise<Float32Array[]> {
    this.#record({ kind: 'encodeMemory', memory: input });
    const { featureSize, memoryDim } = testConstants;
    return Array.from({ length: input.batch }, () => new Float32Array(featureSize ** 2 * memoryDim).fill(1.001));
  }

  async downsampleMask(): Promise<{ prompt: Float32Array; noObjectPointer: Float32Array }> {
    this.#record({ kind: 'downsampleMask' });
    return { prompt: new Float32Array(testConstants.logitSize ** 2), noObjectPointer: new Float32Array(testConstants.hiddenDim).fill(-1) };
  }

  #record(call: ScriptedCall): void {
    if (this.isRecording) this.calls.push(call);
  }

  of(kind: ScriptedCall['kind']): ScriptedCall[] {
    return this.calls.filter((call) => call.kind === kind);
  }
}
