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
    const decoded = await decodeTracked(
      core,
      features,
      group.map((index) => requests[index]!),
    );
    const drawn = [...group.keys()].filter((index) => needsMask(decoded.objectLogit[index]!, multimask));
    await decoded.draw(
      drawn.map((entry) => {
        const candidate = candidateByIou(decoded, entry, multimask);
        return { entry, remember: candidate === null ? [] : [candidate] };
      }),
    );
    const stored = group.map((of, index) => {
      const { logits, objectLogit, predictedIou, pointer, candidate } = selectMask(constants, decoded, index, multimask);
      const output: FrameOutput = { logits, objectLogit, predictedIou, pointer, maskMemory: decoded.memory(index, candidate) };
      objects[of]!.bank.recent.set(frame, output);
      results.push(plainResult(objects[of]!.id, output, false, frameUncertainty(output, [])));
      return { of, output, ious: [...decoded.ious.subarray(index * 4, index * 4 + 4)] };
    });
    await encodeMemories(
      core,
      features,
      stored.map(({ output }) => output),
      false,
    );
    for (const { of, output, ious } of stored) {
      const { memories, pointers } = requests[of]!;
      onOutput?.(objects[of]!.id, frame, output, { ious, isMask: false, memories: memories.length, pointers: pointers.length });
    }
  }
  for (const { bank } of objects) bank.prune(frame, reverse);
  return results;
};
