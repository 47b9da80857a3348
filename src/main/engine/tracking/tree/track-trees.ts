/**
 * One frame of objects with a memory tree each: all paths of all objects whose requests have one shape are asked for as
 * one batch.
 */
import { type MemorySettings, policyOf } from '../../../../shared/memory-settings.ts';
import { groupByShape } from '../attention-batch.ts';
import type { TrackerConstants } from '../constants.ts';
import type { DecodedObjects } from '../decoded-objects.ts';
import type { ImageFeatures } from '../graphs.ts';
import { endTree, type ObjectState } from '../object-state.ts';
import { selectMask, usesMultimask } from '../select-mask.ts';
import { decodeTracked, encodeMemories, type ObjectFrameResult, type OnOutput, plainResult, type TrackerCore } from '../tracker-core.ts';
import type { Candidate } from './candidate.ts';
import { MemoryTree } from './memory-tree.ts';
import { emptyPolicy } from './policies/empty-policy.ts';
import { memoryReach } from './policies/memory-policy.ts';

const pointsOfTrackedFrame = 0;

export interface TreeContext {
  core: TrackerCore;
  settings: MemorySettings;
  onOutput: OnOutput | null;
  /** See TreeOptions. */
  sharesCopies: boolean;
  /** False: every path is a call of its own, for tests. */
  batchesPaths: boolean;
}

/** A path's place in the batch that it was decoded in. */
interface DecodedPath {
  output: DecodedObjects;
  entry: number;
}

/**
 * The three candidates of a path, whose masks may be drawn later, or the one that is chosen where the model gives no
 * several.
 */
const candidatesOf = (constants: TrackerConstants, { output, entry: index }: DecodedPath, multimask: boolean): Candidate[] => {
  const objectLogit = output.objectLogit[index]!;
  if (!multimask) {
    const { candidate, predictedIou, logits, pointer } = selectMask(constants, output, index, false);
    return [{ token: candidate, predictedIou, objectLogit, logits, maskMemory: null, pointer }];
  }
  const dim = constants.hiddenDim;
  return [1, 2, 3].map((token) => {
    const at = index * 4 + token;
    return {
      token,
      predictedIou: output.ious[at]!,
      objectLogit,
      get logits() {
        return output.logits(index, token);
      },
      get maskMemory() {
        return output.memory(index, token);
      },
      pointer: output.pointers.subarray(at * dim, (at + 1) * dim),
    };
  });
};

/** Draws what a tree wants to see of its paths. */
const drawAll = async (wanted: readonly { path: DecodedPath; remember: readonly number[] }[]): Promise<void> => {
  for (const output of new Set(wanted.map(({ path }) => path.output))) {
    const own = wanted.filter(({ path }) => path.output === output);
    await output.draw(own.map(({ path, remember }) => ({ entry: path.entry, remember })));
  }
};

/** The tree goes on when this frame follows its newest one; else a new one starts from the conditioning frames. */
const treeFor = (context: TreeContext, object: ObjectState, frame: number, reverse: boolean): MemoryTree => {
  const { core, settings, sharesCopies } = context;
  const { tree } = object;
  const step = reverse ? -1 : 1;
  if (tree && tree.settings === settings && tree.reverse === reverse && tree.head !== null && tree.head + step === frame) return tree;
  endTree(object, 'replanted');
  const { constants } = core;
  const started = new MemoryTree({
    objectId: object.id,
    settings,
    start: emptyPolicy(policyOf(settings), constants, settings.memoryQuality),
    reverse,
    firstBranch: object.nextBranch,
    noObjScore: constants.noObjScore,
    pixels: constants.logitSize ** 2,
    sharesCopies,
  });
  object.tree = started;
  return started;
};

/** Tracks the frame for all `objects`; each bank gets the best path's output. */
export const trackTrees = async (
  context: TreeContext,
  features: ImageFeatures,
  frame: number,
  reverse: boolean,
  objects: readonly ObjectState[],
): Promise<ObjectFrameResult[]> => {
  const { core, onOutput } = context;
  const trees = objects.map((object) => treeFor(context, object, frame, reverse));
  const requested = objects.flatMap(({ bank }, at) =>
    trees[at]!.requests({ frame, conditioning: bank.conditioning, frameCount: core.frameCount }).map((request) => ({ at, request })),
  );
  const multimask = usesMultimask(core.constants, pointsOfTrackedFrame, false);
  const decoded: DecodedPath[] = new Array(requested.length);
  const groups = context.batchesPaths ? groupByShape(requested.map(({ request }) => request)) : requested.map((_, index) => [index]);
  for (const group of groups) {
    const output = await decodeTracked(
      core,
      features,
      group.map((index) => requested[index]!.request),
    );
    if (!multimask) await output.draw([...group.keys()].map((entry) => ({ entry, remember: [] })));
    group.forEach((of, entry) => {
      decoded[of] = { output, entry };
    });
  }
  const offered = decoded.map((path) => candidatesOf(core.constants, path, multimask));
  const offers = trees.map((_, at) => offered.filter((_, index) => requested[index]!.at === at));
  await drawAll(
    trees.flatMap((tree, at) => {
      const own = decoded.filter((_, index) => requested[index]!.at === at);
      return tree.masksWanted(offers[at]!).map(({ path, remember }) => ({
        path: own[path]!,
        remember: remember.map((candidate) => offers[at]![path]![candidate]!.token),
      }));
    }),
  );
  const grown = trees.map((tree, at) => tree.grow(frame, offers[at]!));
  const kept = grown.flatMap((tree) => tree.kept);
  const outputs = kept.map(({ output }) => output);
  for (const batch of context.batchesPaths ? [outputs] : outputs.map((output) => [output])) {
    await encodeMemories(core, features, batch, false);
  }
  for (const { output, entry } of kept) entry.maskMemory = output.maskMemory;
  return objects.map((object, at) => {
    const { kept: own, uncertainty, events, amended } = grown[at]!;
    const best = own[0]!.output;
    object.nextBranch = trees[at]!.nextBranch;
    for (const { frame: earlier, output } of amended) object.bank.recent.set(earlier, output);
    object.bank.recent.set(frame, best);
    object.bank.prune(frame, reverse);
    // A branch that takes the lead brings its memories, for corrections; what these can't reach is held by paths alone.
    trees[at]!.forgetMemories(memoryReach(core.constants) + 1, (of, output) => object.bank.recent.get(of) === output);
    const { memories, pointers } = requested.find((path) => path.at === at)!.request;
    const ious = offers[at]![0]!.map(({ predictedIou }) => predictedIou);
    onOutput?.(object.id, frame, best, { ious, isMask: false, memories: memories.length, pointers: pointers.length });
    const result = plainResult(object.id, best, false, uncertainty);
    const tellable = context.settings.mode === 'tree' ? events : [];
    return {
      ...result,
      events: tellable,
      amended: amended.map(({ frame: earlier, output }) => ({
        frame: earlier,
        logits: output.logits,
        objectLogit: output.objectLogit,
        predictedIou: output.predictedIou,
      })),
    };
  });
};
