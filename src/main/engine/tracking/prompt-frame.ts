/** A prompt's mask: points and a box, or a mask (rules 3 to 11). */
import { AppError } from '../../../shared/errors.ts';
import { type AttentionRequest, packAttention } from './attention-batch.ts';
import { isSingleClick, keepClickedPiece } from './clicked-piece.ts';
import { DecodedObjects } from './decoded-objects.ts';
import type { ImageFeatures } from './graphs.ts';
import { encodePoints, type PointPrompt } from './point-prompt.ts';
import { resizePlaneAntialiased } from './resample.ts';
import { type SelectedMask, selectMask, takeCandidate, usesMultimask } from './select-mask.ts';
import type { TrackerCore } from './tracker-core.ts';

/**
 * @param request what the frame attends to, null on a frame that was never tracked (rule 6)
 * @param previousLogits low-res logits of this frame so far (rule 5)
 * @param candidate 0..3 to take that mask instead of the best one
 */
export const decodePoints = async (
  { graphs, constants, width, height }: TrackerCore,
  features: ImageFeatures,
  prompt: PointPrompt,
  request: AttentionRequest | null,
  previousLogits: Float32Array | null,
  candidate: number | null = null,
): Promise<{ selected: SelectedMask; ious: number[] }> => {
  const pix = request === null ? graphs.initialFeatures(features) : await graphs.attend(features, packAttention([request], constants));
  const { points, labels, count } = encodePoints(prompt, { width, height }, constants.imageSize);
  const clamp = constants.maskPromptClamp;
  const output = await graphs.decode(features, pix, {
    batch: 1,
    pointCount: count,
    points,
    labels,
    maskPrompt: previousLogits ? previousLogits.map((v) => Math.min(clamp, Math.max(-clamp, v))) : null,
    hasMask: Float32Array.of(previousLogits ? 1 : 0),
  });
  const multimask = usesMultimask(constants, count - 1, request === null);
  const decoded = DecodedObjects.drawn(constants, output);
  const selected = candidate === null ? selectMask(constants, decoded, 0, multimask) : takeCandidate(constants, decoded, candidate);
  const [click] = prompt.points;
  if (constants.keepClickedPiece && previousLogits === null && click && isSingleClick(prompt)) {
    keepClickedPiece(selected.logits, constants.logitSize, click[0] / width, click[1] / height);
  }
  return { selected, ious: [...output.ious] };
};

/** What a prompt would give, without an object. */
export interface ProbedPrompt {
  /** [4h * 4h]; mask where > 0. */
  logits: Float32Array;
  predictedIou: number;
  objectLogit: number;
}

/** Decodes prompts of one shape (points and boxes alike) as first prompts of objects, in one batch. */
export const probePrompts = async (
  { graphs, constants, width, height }: TrackerCore,
  features: ImageFeatures,
  prompts: readonly PointPrompt[],
): Promise<ProbedPrompt[]> => {
  const encoded = prompts.map((prompt) => encodePoints(prompt, { width, height }, constants.imageSize));
  const pointCount = encoded[0]!.count;
  const output = await graphs.decode(features, graphs.initialFeatures(features), {
    batch: prompts.length,
    pointCount,
    points: Float32Array.from(encoded.flatMap(({ points }) => [...points])),
    labels: Float32Array.from(encoded.flatMap(({ labels }) => [...labels])),
    maskPrompt: null,
    hasMask: new Float32Array(prompts.length),
  });
  const decoded = DecodedObjects.drawn(constants, output);
  const multimask = usesMultimask(constants, pointCount - 1, true);
  return prompts.map((_, index) => selectMask(constants, decoded, index, multimask));
};

/**
 * The mask at the model's input size, 0 or 1 (rule 7).
 * @param mask 0/1 values of `width * height` source pixels
 * @throws AppError `prompt-invalid` for a mask of another size
 */
export const maskAtModelSize = ({ constants, width, height }: TrackerCore, mask: Uint8Array): Float32Array => {
  if (mask.length !== width * height) {
    throw new AppError(
      'prompt-invalid',
      `The mask has ${mask.length} pixels and the frame ${width} x ${height}. Use a mask of the frame's size.`,
    );
  }
  const size = constants.imageSize;
  const resized =
    width === size && height === size
      ? Float32Array.from(mask)
      : resizePlaneAntialiased(Float32Array.from(mask), width, height, size, size);
  for (let i = 0; i < resized.length; i++) resized[i] = resized[i]! >= 0.5 ? 1 : 0;
  return resized;
};

/**
 * Rule 7: the mask is its own answer; its pointer comes from one decoder run on the raw features.
 * @param resized see {@link maskAtModelSize}
 */
export const decodeMask = async (
  { graphs, constants }: TrackerCore,
  features: ImageFeatures,
  resized: Float32Array,
): Promise<SelectedMask> => {
  const { maskPromptLogit: logit, imageSize: size, logitSize } = constants;
  const logits = resizePlaneAntialiased(
    resized.map((v) => (v * 2 - 1) * logit),
    size,
    size,
    logitSize,
    logitSize,
  );
  const { prompt, noObjectPointer } = await graphs.downsampleMask(resized);
  const output = await graphs.decode(features, graphs.rawFeatures(features), {
    batch: 1,
    pointCount: 2,
    points: new Float32Array(4),
    labels: Float32Array.of(-1, -1),
    maskPrompt: prompt,
    hasMask: Float32Array.of(1),
  });
  const isPresent = resized.includes(1);
  return {
    logits,
    pointer: isPresent ? output.pointers.slice(0, constants.hiddenDim) : noObjectPointer,
    predictedIou: 1,
    objectLogit: isPresent ? logit : -logit,
    candidate: 0,
  };
};
