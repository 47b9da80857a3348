/**
 * What the tracker asks of a model. The ONNX Runtime implementation is model/graphs/onnx-graphs.ts; tests script their
 * own. B objects are asked for as one batch; image features have batch 1 and are shared. `Features` is opaque to the
 * tracker.
 */

/** Image features of one frame; what they are only the graphs know. */
export type ImageFeatures = object;

export interface AttendInput {
  batch: number;
  /**
   * U different memories, [h*h, Cm] each; several objects (paths of a tree) may attend to one. They do not change while
   * they are remembered.
   */
  memory: readonly Float32Array[];
  /** [U] row of the temporal code. */
  temporalRow: BigInt64Array;
  /** [U] key weights, 1 = SAM 2 (rule L9). */
  memoryWeight: Float32Array;
  /** M memories per object. */
  memories: number;
  /** [B, M] which of the U an object attends to, numbered as they first appear here. */
  memorySlot: BigInt64Array;
  /** P pointers per object. */
  pointerCount: number;
  /** [B, P, C] */
  pointers: Float32Array;
  /** [B, P] signed distance over (min(T,16)-1) (rule 23). */
  pointerPosition: Float32Array;
  /** [B, P] key weights. */
  pointerWeight: Float32Array;
}

/** [B, C, h, h], opaque: it goes straight into `decode`. */
export interface ConditionedFeatures {
  readonly batch: number;
}

export interface DecodeInput {
  batch: number;
  /** N points per object, pads included. */
  pointCount: number;
  /** [B, N, 2] in model pixels. */
  points: Float32Array;
  /** [B, N]: 1, 0, 2, 3 or -1. */
  labels: Float32Array;
  /** [B, 1, 4h, 4h] or null when no object has a mask prompt. */
  maskPrompt: Float32Array | null;
  /** [B] 0 or 1. */
  hasMask: Float32Array;
}

/** What objects without a prompt on the frame are decoded with: one empty point and its pad (rule 3). */
export const unprompted = (batch: number): DecodeInput => ({
  batch,
  pointCount: 2,
  points: new Float32Array(batch * 4),
  labels: new Float32Array(batch * 2).fill(-1),
  maskPrompt: null,
  hasMask: new Float32Array(batch),
});

/** What the decoder says of the four candidates of each object. */
export interface CandidateOutput {
  /** [B, 4] */
  ious: Float32Array;
  /** [B, 4, C], no-object rule applied. */
  pointers: Float32Array;
  /** [B] */
  objectLogit: Float32Array;
}

/** An object of a batch whose masks are wanted. */
export interface WantedMasks {
  entry: number;
  /** Candidates (0..3) that go on as they are, as far as is known: their memories are wanted too. */
  remember: readonly number[];
}

export interface DrawnMasks {
  /** [4, 4h, 4h] raw logits. */
  masks: Float32Array;
  /** Of `remember`, as `encodeMemory` gives them; null where that makes them as cheaply. */
  memories: readonly Float32Array[] | null;
}

export interface DecodeOutput extends CandidateOutput {
  /** [B, 4, 4h, 4h] raw logits. */
  masks: Float32Array;
}

export interface EncodeMemoryInput {
  batch: number;
  /** [B, 1, 4h, 4h] selected logits. */
  logits: Float32Array;
  /** [B] 0 or 1 (rule 13). */
  binarize: Float32Array;
  /** [B] */
  objectLogit: Float32Array;
}

/** Features of a frame that comes later, encoded beside the work on this one. */
export interface AheadFeatures {
  readonly features: Promise<ImageFeatures>;
  /** The frame is the next one now. */
  next(): void;
  /** They are wanted now, and begun if they are not. */
  start(): void;
  /** Nobody comes for them any more. */
  drop(): void;
}

export interface TrackerGraphs {
  /**
   * @param rgb interleaved RGB, S * S * 3 bytes; it must stay as it is until this resolves
   * @param owner whose frame it is: graphs serve several trackers in turn, and what suits one need not suit another
   */
  encodeImage(rgb: Uint8Array, owner?: object): Promise<ImageFeatures>;
  /**
   * Absent or null where nothing can be encoded beside other work.
   * @param isNext the frame comes next; otherwise it is the one after that, which was asked for before it
   */
  encodeAhead?(rgb: Uint8Array, isNext: boolean, owner: object): AheadFeatures | null;
  /** Raw features plus no_mem_embed (rule 6). */
  initialFeatures(features: ImageFeatures): ConditionedFeatures;
  /** Raw features without anything (rule 7). */
  rawFeatures(features: ImageFeatures): ConditionedFeatures;
  attend(features: ImageFeatures, input: AttendInput): Promise<ConditionedFeatures>;
  decode(features: ImageFeatures, pix: ConditionedFeatures, input: DecodeInput): Promise<DecodeOutput>;
  /**
   * `attend`, and what `decode` says of it for input as {@link unprompted} makes it, but for the masks. Absent or null
   * where it is no less work than the two.
   */
  decodeCandidates?(features: ImageFeatures, input: AttendInput): Promise<CandidateOutput> | null;
  /**
   * The masks of some objects of what {@link decodeCandidates} gave, and in one with them the memories of those that go
   * on.
   */
  drawMasks?(features: ImageFeatures, candidates: CandidateOutput, wanted: readonly WantedMasks[]): Promise<DrawnMasks[]>;
  /** For each object [h*h, Cm], not yet rounded to bf16; may be views of one buffer. */
  encodeMemory(features: ImageFeatures, input: EncodeMemoryInput): Promise<Float32Array[]>;
  /** mask [S, S] of 0 and 1 -> mask prompt [4h, 4h] and the no-object pointer [C]. */
  downsampleMask(mask: Float32Array): Promise<{ prompt: Float32Array; noObjectPointer: Float32Array }>;
}
