/** What the parts of the tracker share: the graphs, the constants, and how requests become batches. */

import type { TreeEvent } from '../../../shared/memory-tree.ts';
import { type AttentionRequest, packAttention } from './attention-batch.ts';
import { storedMemory } from './bf16.ts';
import type { TrackerConstants } from './constants.ts';
import { DecodedObjects } from './decoded-objects.ts';
import { type ImageFeatures, type TrackerGraphs, unprompted } from './graphs.ts';
import type { FrameOutput } from './memory-bank.ts';

export interface TrackerCore {
  readonly graphs: TrackerGraphs;
  readonly constants: TrackerConstants;
  /** Size of the source in px. */
  readonly width: number;
  readonly height: number;
  /** null for a stream of unknown length. */
  readonly frameCount: number | null;
}

export interface ObjectFrameResult {
  objectId: number;
  /** [4h * 4h] logits covering the whole frame; mask where > 0. */
  logits: Float32Array;
  objectLogit: number;
  predictedIou: number;
  prompted: boolean;
  /** Worth a look, 0..1; 0 on prompted frames. */
  uncertainty: number;
  /** What happened in the object's memory tree on this frame. */
  events: TreeEvent[];
  /** Earlier frames whose result this one replaces, newest first. */
  amended: AmendedResult[];
}

interface AmendedResult {
  frame: number;
  logits: Float32Array;
  objectLogit: number;
  predictedIou: number;
}

/** Told after every inference; tests use it to compare and to force state. */
export type OnOutput = (
  objectId: number,
  frame: number,
  output: FrameOutput,
  selected: { ious: number[]; isMask: boolean; memories: number; pointers: number },
) => void;

/** A result without a tree. */
export const plainResult = (objectId: number, output: FrameOutput, prompted: boolean, uncertainty = 0): ObjectFrameResult => {
  const { logits, objectLogit, predictedIou } = output;
  return { objectId, logits, objectLogit, predictedIou, prompted, uncertainty, events: [], amended: [] };
};

/** Attends and decodes a frame without prompts for requests of one shape. Masks are yet to be drawn. */
export const decodeTracked = async (
  { graphs, constants }: TrackerCore,
  features: ImageFeatures,
  requests: readonly AttentionRequest[],
): Promise<DecodedObjects> => {
  const attended = packAttention(requests, constants);
  const candidates = await graphs.decodeCandidates?.(features, attended);
  if (candidates) return new DecodedObjects(constants, candidates, (wanted) => graphs.drawMasks!(features, candidates, wanted));
  const pix = await graphs.attend(features, attended);
  return DecodedObjects.drawn(constants, await graphs.decode(features, pix, unprompted(requests.length)));
};

/**
 * Encodes those outputs of one frame that have no memory yet as a batch and puts each in its place, rounded to bf16
 * (rules 13 to 16).
 */
export const encodeMemories = async (
  { graphs, constants }: TrackerCore,
  features: ImageFeatures,
  remembered: readonly FrameOutput[],
  binarize: boolean,
): Promise<void> => {
  const outputs = remembered.filter(({ maskMemory }) => maskMemory === null);
  if (outputs.length === 0) return;
  const pixels = constants.logitSize ** 2;
  const logits = new Float32Array(outputs.length * pixels);
  outputs.forEach((output, index) => {
    logits.set(output.logits, index * pixels);
  });
  const encoded = await graphs.encodeMemory(features, {
    batch: outputs.length,
    logits,
    binarize: new Float32Array(outputs.length).fill(binarize ? 1 : 0),
    objectLogit: Float32Array.from(outputs, (output) => output.objectLogit),
  });
  outputs.forEach((output, index) => {
    output.maskMemory = storedMemory(encoded[index]!);
  });
};
