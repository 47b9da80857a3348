/** One frame of objects with one path each, as SAM 2 does. */
import { groupByShape } from './attention-batch.ts';
import type { ImageFeatures } from './graphs.ts';
import type { FrameMemory } from './memory-bank.ts';
import type { TrackedObject } from './object-state.ts';
import { candidateByIou, needsMask, selectMask, usesMultimask } from './select-mask.ts';
import { decodeTracked, encodeMemories, type ObjectFrameResult, type OnOutput, plainResult, type TrackerCore } from './tracker-core.ts';
import { frameUncertainty } from './uncertainty.ts';

/** Tracks the frame for all `objects` and stores what later frames attend to. */
export const trackSingle = async (
  core: TrackerCore,
  features: ImageFeatures,
  frame: number,
  reverse: boolean,
  objects: readonly TrackedObject[],
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
      const memory: FrameMemory = { logits, objectLogit, iou, pointer, memory: output.memory(index, candidate) };
      objects[of]!.bank.recent.set(frame, memory);
      results.push(plainResult(objects[of]!.id, memory, false, frameUncertainty(memory, [])));
      return { of, memory, ious: [...output.ious.subarray(index * 4, index * 4 + 4)] };
    });
    await encodeMemories(
      core,
      features,
      stored.map(({ memory }) => memory),
      false,
    );
    for (const { of, memory, ious } of stored) {
      const { memories, pointers } = requests[of]!;
      onOutput?.(objects[of]!.id, frame, memory, { ious, isMask: false, memories: memories.length, pointers: pointers.length });
    }
  }
  for (const { bank } of objects) bank.prune(frame, reverse);
  return results;
};
