/** One frame of objects with one path each, as SAM 2 does. */
import { groupByShape } from './attention-batch.ts';
import type { ImageFeatures } from './graphs.ts';
import type { FrameOutput } from './memory-bank.ts';
import type { ObjectState } from './object-state.ts';
import { candidateByIou, needsMask, selectMask, usesMultimask } from './select-mask.ts';
import { decodeTracked, encodeMemories, type ObjectFrameResult, type OnOutput, plainResult, type TrackerCore } from './tracker-core.ts';
import { frameUncertainty } from './uncertainty.ts';

/** Tracks the frame for all `objects` and stores what later frames attend to. */
export const trackSingle = async (
  core: TrackerCore,
  features: ImageFeatures,
  frame: number,
  reverse: boolean,
  objects: readonly ObjectState[],
  onOutput: OnOutput | null,
): Promise<ObjectFrameResult[]> => {
  const { constants } = core;
  const requests = objects.map(({ bank }) => ({
    memories: bank.memoriesFor(frame, reverse),
    pointers: bank.pointersFor(frame, reverse, core.frameCount),
  }));
  const results: ObjectFrameResult[] = [];
  const multimask = usesMultimask(constants, 0, false);
  for (const group of groupByShape(requests)) {
    const output = await decodeTracked(
      core,
      features,
      group.map((index) => requests[index]!),
    );
    const drawn = [...group.keys()].filter((index) => needsMask(output.objectLogit[index]!, multimask));
    await output.draw(
      drawn.map((entry) => {
        const candidate = candidateByIou(output, entry, multimask);
        return { entry, remember: candidate === null ? [] : [candidate] };
      }),
    );
    const stored = group.map((of, index) => {
      const { logits, objectLogit, iou, pointer, candidate } = selectMask(constants, output, index, multimask);
      const made: FrameOutput = { logits, objectLogit, iou, pointer, maskMemory: output.memory(index, candidate) };
      objects[of]!.bank.recent.set(frame, made);
      results.push(plainResult(objects[of]!.id, made, false, frameUncertainty(made, [])));
      return { of, made, ious: [...output.ious.subarray(index * 4, index * 4 + 4)] };
    });
    await encodeMemories(
      core,
      features,
      stored.map(({ made }) => made),
      false,
    );
    for (const { of, made, ious } of stored) {
      const { memories, pointers } = requests[of]!;
      onOutput?.(objects[of]!.id, frame, made, { ious, isMask: false, memories: memories.length, pointers: pointers.length });
    }
  }
  for (const { bank } of objects) bank.prune(frame, reverse);
  return results;
};
