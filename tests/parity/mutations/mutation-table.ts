/**
 * Every rule of docs/inference-rules.md that decides a number, broken on purpose. Each entry says who must notice: a
 * recorded scenario of the official predictor, or a probe where no recording can tell (the reason stands beside it).
 *
 * Rules without an entry: 2, 22 and the layers of 24 are shapes of the graphs, any change of which ONNX Runtime
 * refuses; 14, 28, 31 and 32 describe what the official program does around the computation; 19 orders keys, which
 * attention can't tell apart.
 */
import type { FrameOutput, MemoryBank } from '../../../src/main/engine/tracking/memory-bank.ts';
import { ScriptedGraphs, testConstants } from '../../../src/main/engine/tracking/testing/scripted-graphs.ts';
import { differencesFromPil, isNearPil } from '../model-frames.ts';
import type { GraphChange } from './break-graph.ts';
import type { SourceChange, TrackerModules } from './break-source.ts';

export interface Mutation {
  /** Number in the specification. */
  rule: string;
  breaks: string;
  source?: SourceChange;
  graph?: GraphChange;
  /** The scenario of the small recording whose comparison must fail, or a probe. */
  noticedBy: string | ((modules: TrackerModules) => boolean | Promise<boolean>);
}

const outputOf = (value: number): FrameOutput => ({
  logits: new Float32Array(1),
  objectLogit: 1,
  predictedIou: 0.9,
  pointer: Float32Array.of(value),
  maskMemory: Float32Array.of(value),
});

const filled = (
  modules: TrackerModules,
  constants: Partial<typeof testConstants>,
  conditioning: number[],
  recent: number[],
): MemoryBank => {
  const bank = new modules.MemoryBank({ ...testConstants, ...constants });
  for (const t of conditioning) bank.conditioning.set(t, outputOf(t));
  for (const t of recent) bank.recent.set(t, outputOf(t));
  return bank;
};

/** Source frames that a frame attends to differ from these. */
const attendsOtherThan =
  (expected: number[], constants: Partial<typeof testConstants>, conditioning: number[], recent: number[], frame = 20) =>
  (modules: TrackerModules): boolean =>
    filled(modules, constants, conditioning, recent)
      .memoriesFor(frame, false)
      .map(({ source }) => source.pointer[0])
      .join() !== expected.join();

const upTo20 = Array.from({ length: 20 }, (_, t) => t + 1);

const decodesDifferently = async (modules: TrackerModules): Promise<boolean> =>
  !(await differencesFromPil(modules.decodeFrames)).every(isNearPil);

const givesEmptyMaskAPointer = async (modules: TrackerModules): Promise<boolean> => {
  const tracker = new modules.VideoTracker(new ScriptedGraphs(), testConstants, { width: 32, height: 32, frameCount: 20 });
  let pointer = Number.NaN;
  tracker.onOutput = (_id, _frame, output) => {
    pointer = output.pointer[0]!;
  };
  await tracker.setMask(1, 0, new Uint8Array(32 * 32), () => new Uint8Array(testConstants.imageSize ** 2 * 3));
  return pointer !== -1;
};

const keepsPointsBesideMask = async (modules: TrackerModules): Promise<boolean> => {
  const tracker = new modules.VideoTracker(new ScriptedGraphs(), testConstants, { width: 32, height: 32, frameCount: 20 });
  const image = (): Uint8Array => new Uint8Array(testConstants.imageSize ** 2 * 3);
  await tracker.setPoints(1, 0, { points: [[4, 4]], labels: [1], box: null }, image);
  await tracker.setMask(1, 0, new Uint8Array(32 * 32).fill(1), image);
  return tracker.promptOn(1, 0) !== null;
};

/** How the filter of a picture that is not tone-mapped ends. */
const colorThenRgb = '$' + '{sourceColor(form)},format=rgb24';

const scale = (factor: number) => (values: Float32Array) => values.map((v) => v * factor);
const zero = (values: Float32Array): Float32Array => new Float32Array(values.length);

export const mutations: readonly Mutation[] = [
  {
    rule: '1',
    breaks: 'frames resized bilinearly',
    source: {
      from: `flags=bicubic+accurate_rnd+full_chroma_int${colorThenRgb}`,
      to: `flags=bilinear+accurate_rnd+full_chroma_int${colorThenRgb}`,
    },
    noticedBy: decodesDifferently,
  },
  {
    rule: '1',
    breaks: 'no antialias when a frame shrinks',
    source: {
      from: `flags=bicubic+accurate_rnd+full_chroma_int${colorThenRgb}`,
      to: `flags=neighbor+accurate_rnd+full_chroma_int${colorThenRgb}`,
    },
    noticedBy: decodesDifferently,
  },
  {
    rule: '1',
    breaks: 'colours rounded and subsampled for speed',
    source: { from: `flags=bicubic+accurate_rnd+full_chroma_int${colorThenRgb}`, to: `flags=bicubic${colorThenRgb}` },
    noticedBy: decodesDifferently,
  },
  {
    rule: '1',
    breaks: 'BGR instead of RGB',
    source: { from: colorThenRgb, to: colorThenRgb.replace('rgb24', 'bgr24') },
    noticedBy: decodesDifferently,
  },
  {
    rule: '1',
    breaks: 'pixels not divided by 255',
    graph: { graph: 'imageEncoder', constant: [], first: 255, change: scale(1.01) },
    noticedBy: 'click',
  },
  {
    rule: '1',
    breaks: 'another mean colour',
    graph: { graph: 'imageEncoder', constant: [1, 3, 1, 1], first: 0.485, change: scale(1.05) },
    noticedBy: 'click',
  },
  {
    rule: '1',
    breaks: 'another standard deviation',
    graph: { graph: 'imageEncoder', constant: [1, 3, 1, 1], first: 0.229, change: scale(1.05) },
    noticedBy: 'click',
  },
  {
    rule: '3',
    breaks: 'no pad point after the points',
    source: { from: 'coordinates.push(0, 0);\n  labels.push(-1);', to: '' },
    noticedBy: 'click',
  },
  {
    rule: '3',
    breaks: 'box corners swapped',
    source: { from: 'push(prompt.box[0], prompt.box[1], 2);', to: 'push(prompt.box[0], prompt.box[1], 3);' },
    noticedBy: 'mask_and_reverse',
  },
  {
    rule: '3',
    breaks: 'points in source pixels',
    source: { from: 'Math.fround(Math.fround(x / width) * size)', to: 'x' },
    noticedBy: 'click',
  },
  {
    rule: '3',
    breaks: 'negative clicks taken as positive',
    source: { from: 'push(x, y, prompt.labels[index]!);', to: 'push(x, y, 1);' },
    noticedBy: 'kept_corrections',
  },
  {
    rule: '3',
    breaks: 'a tracked frame feeds one empty point instead of two',
    source: {
      from: 'batch,\n  pointCount: 2,\n  points: new Float32Array(batch * 4),\n  labels: new Float32Array(batch * 2)',
      to: 'batch,\n  pointCount: 1,\n  points: new Float32Array(batch * 2),\n  labels: new Float32Array(batch)',
    },
    noticedBy: 'click',
  },
  {
    rule: '4',
    breaks: 'a mask leaves the points of its frame in place',
    source: { from: 'object.points.delete(frame);\n    const { pending }', to: 'const { pending }' },
    noticedBy: keepsPointsBesideMask,
  },
  {
    rule: '5',
    breaks: 'a correction without the previous logits',
    source: { from: 'hasMask: Float32Array.of(previousLogits ? 1 : 0)', to: 'hasMask: Float32Array.of(0)' },
    noticedBy: 'kept_corrections',
  },
  {
    rule: '5',
    breaks: 'previous logits not clamped',
    source: { from: 'previousLogits.map((v) => Math.min(clamp, Math.max(-clamp, v)))', to: 'previousLogits' },
    noticedBy: 'corrections',
  },
  {
    rule: '6',
    breaks: 'a first prompt without no_mem_embed',
    source: {
      from: 'request === null ? graphs.initialFeatures(features)',
      to: 'request === null ? graphs.rawFeatures(features)',
    },
    noticedBy: 'click',
  },
  {
    rule: '6',
    breaks: 'a correction that ignores the memory',
    source: { from: 'const request = isInitial\n      ? null', to: 'const request = isInitial || !isInitial\n      ? null' },
    noticedBy: 'kept_corrections',
  },
  {
    rule: '7',
    breaks: 'a mask prompt with no_mem_embed',
    source: { from: 'decode(features, graphs.rawFeatures(features)', to: 'decode(features, graphs.initialFeatures(features)' },
    noticedBy: 'mask_and_reverse',
  },
  {
    rule: '7',
    breaks: 'another threshold for mask prompts',
    source: { from: 'resized[i]! >= 0.5 ? 1 : 0', to: 'resized[i]! >= 0.2 ? 1 : 0' },
    noticedBy: 'mask_and_reverse',
  },
  {
    rule: '7',
    breaks: 'an empty mask taken for a present object',
    source: { from: 'objectLogit: isPresent ? logit : -logit', to: 'objectLogit: logit' },
    noticedBy: 'empty_mask_and_prompts_ahead',
  },
  {
    rule: '7',
    breaks: 'an empty mask with a pointer',
    source: {
      from: 'pointer: isPresent ? output.pointers.slice(0, constants.hiddenDim) : noObjectPointer',
      to: 'pointer: output.pointers.slice(0, constants.hiddenDim)',
    },
    // The recorded empty mask has a negative object logit of its own, which hides it.
    noticedBy: givesEmptyMaskAPointer,
  },
  {
    rule: '8',
    breaks: 'one mask for a single click',
    source: { from: 'usesMultimask(constants, count - 1, request === null)', to: 'false' },
    noticedBy: 'click',
  },
  {
    rule: '8',
    breaks: 'one mask for tracked frames',
    source: { from: 'usesMultimask(constants, 0, false)', to: 'false' },
    noticedBy: 'click',
  },
  {
    rule: '8',
    breaks: 'several masks for a box',
    source: { from: 'usesMultimask(constants, count - 1, request === null)', to: 'true' },
    noticedBy: 'mask_and_reverse',
  },
  {
    rule: '9',
    breaks: 'the first candidate always',
    source: { from: 'if (ious[base + k]! > ious[base + best]!) best = k;', to: '' },
    noticedBy: 'kept_corrections',
  },
  {
    rule: '9',
    breaks: "another candidate's pointer",
    source: { from: 'pointerFrom = maskFrom;', to: 'pointerFrom = 0;' },
    noticedBy: 'click',
  },
  {
    rule: '10',
    breaks: 'no stability fallback',
    source: { from: 'constants.stabilityDelta) < constants.stabilityThreshold', to: 'constants.stabilityDelta) < 0' },
    noticedBy: 'corrections',
  },
  {
    rule: '10',
    breaks: 'the pointer follows the fallback',
    source: {
      from: "// The mask is replaced, the pointer stays token 0's (rule 10).\n    maskFrom = bestOfThree(output.ious, index * 4);",
      to: 'maskFrom = bestOfThree(output.ious, index * 4);\n    pointerFrom = maskFrom;',
    },
    noticedBy: 'kept_corrections',
  },
  {
    rule: '11',
    breaks: 'masks of absent objects kept',
    source: { from: 'objectLogit > 0 ? output.logits(index, maskFrom)', to: 'true ? output.logits(index, maskFrom)' },
    noticedBy: 'kept_corrections',
  },
  {
    rule: '11',
    breaks: 'pointers of absent objects kept',
    graph: { graph: 'maskDecoder', operator: 'Greater', replacement: 'Less' },
    noticedBy: 'kept_corrections',
  },
  {
    rule: '12',
    breaks: 'video masks without half-pixel centres',
    source: { from: '((i + 0.5) * from) / to - 0.5', to: '(i * from) / to' },
    noticedBy: 'click',
  },
  {
    rule: '13',
    breaks: 'memories of prompts not binarised',
    source: { from: '[output], this.constants.binarizePromptedMasks', to: '[output], false' },
    noticedBy: 'click',
  },
  {
    rule: '13',
    breaks: 'memories of tracked frames binarised',
    source: { from: 'stored.map(({ output }) => output),\n      false,', to: 'stored.map(({ output }) => output),\n      true,' },
    noticedBy: 'click',
  },
  {
    rule: '13',
    breaks: 'sigmoid left out',
    graph: { graph: 'memoryEncoder', operator: 'Sigmoid', replacement: 'Identity' },
    noticedBy: 'click',
  },
  {
    rule: '13',
    breaks: 'another mask scale',
    graph: { graph: 'memoryEncoder', constant: [], first: 20, change: scale(0.9) },
    noticedBy: 'click',
  },
  {
    rule: '13',
    breaks: 'another mask bias',
    graph: { graph: 'memoryEncoder', constant: [], first: -10, change: scale(0.9) },
    noticedBy: 'click',
  },
  {
    rule: '15',
    breaks: 'no mark on memories of absent objects',
    source: {
      from: 'objectLogit: Float32Array.from(outputs, (output) => output.objectLogit)',
      to: 'objectLogit: Float32Array.from(outputs, () => 10)',
    },
    noticedBy: 'kept_corrections',
  },
  {
    rule: '16',
    breaks: 'memories not rounded to bf16 (a forced run hides it: half a step at most)',
    source: { from: 'bits[i] = (b + 0x7fff + ((b >>> 16) & 1)) & 0xffff0000;', to: '' },
    noticedBy: (modules) => modules.roundToBf16(Float32Array.of(1 / 3))[0] !== 0.333984375,
  },
  {
    rule: '16',
    breaks: 'rounding cuts off',
    source: { from: '(b + 0x7fff + ((b >>> 16) & 1)) & 0xffff0000', to: 'b & 0xffff0000' },
    noticedBy: (modules) => modules.roundToBf16(Float32Array.of(1 / 3))[0] !== 0.333984375,
  },
  {
    rule: '17',
    breaks: 'future conditioning frames left out',
    source: {
      from: 'for (const source of selected.values()) attended.push({ source, temporalRow: numMaskmem - 1 });',
      to: 'for (const [t, source] of selected) if (reverse ? t >= frame : t <= frame) attended.push({ source, temporalRow: numMaskmem - 1 });',
    },
    noticedBy: 'empty_mask_and_prompts_ahead',
  },
  {
    rule: '17',
    breaks: 'conditioning frames with the code of the previous frame',
    source: { from: 'attended.push({ source, temporalRow: numMaskmem - 1 });', to: 'attended.push({ source, temporalRow: 0 });' },
    noticedBy: 'click',
  },
  {
    rule: '17',
    breaks: 'a limit that takes the oldest first (the recorded model has no limit)',
    source: { from: 'chosen.push(Math.max(...before))', to: 'chosen.push(Math.min(...before))' },
    noticedBy: attendsOtherThan([18, 40, 17], { maxCondFrames: 2 }, [0, 17, 18, 40], []),
  },
  {
    rule: '18',
    breaks: 'codes shifted by one',
    source: { from: 'attended.push({ source, temporalRow: distance - 1 });', to: 'attended.push({ source, temporalRow: distance % 6 });' },
    noticedBy: 'click',
  },
  {
    rule: '18',
    breaks: 'five recent memories instead of six',
    source: {
      from: 'for (let distance = numMaskmem - 1; distance >= 1; distance--)',
      to: 'for (let distance = numMaskmem - 2; distance >= 1; distance--)',
    },
    noticedBy: 'click',
  },
  {
    rule: '18',
    breaks: 'the window not mirrored in reverse',
    source: {
      from: 'const at = this.#recentFrame(frame, distance, reverse);',
      to: 'const at = this.#recentFrame(frame, distance, false);',
    },
    noticedBy: 'mask_and_reverse',
  },
  {
    rule: '18',
    breaks: 'the stride grid counted from the frame (the recorded model has stride 1)',
    source: { from: 'Math.floor((frame - 2) / stride) * stride - (distance - 2) * stride', to: 'frame - 2 - (distance - 2) * stride' },
    noticedBy: attendsOtherThan([0, 6, 9, 12, 15, 18, 20], { memoryTemporalStride: 3 }, [0], upTo20, 21),
  },
  {
    rule: '18',
    breaks: 'unselected conditioning frames forgotten (the recorded model selects all)',
    source: {
      from: 'const source = this.recent.get(at) ?? rest.get(at);\n      if (source?.maskMemory)',
      to: 'const source = this.recent.get(at);\n      if (source?.maskMemory)',
    },
    noticedBy: attendsOtherThan([18, 40, 17], { maxCondFrames: 2 }, [0, 17, 18, 40], []),
  },
  {
    rule: '20',
    breaks: 'keys without the sine map of their column',
    graph: { graph: 'memoryAttention', constant: [1, 16, 16], change: zero },
    noticedBy: 'click',
  },
  {
    rule: '21',
    breaks: 'pointers of future conditioning frames attended',
    source: {
      from: 'if (reverse ? t >= frame : t <= frame) attended.push({ pointer',
      to: 'if (Number.isFinite(t)) attended.push({ pointer',
    },
    noticedBy: 'empty_mask_and_prompts_ahead',
  },
  {
    rule: '21',
    breaks: 'fewer pointers',
    source: {
      from: 'for (let distance = 1; distance < reach; distance++)',
      to: 'for (let distance = 1; distance < reach - 4; distance++)',
    },
    noticedBy: 'click',
  },
  {
    rule: '23',
    breaks: 'pointer distances over 16 instead of 15',
    source: { from: 'const divisor = reach - 1;', to: 'const divisor = reach;' },
    noticedBy: 'click',
  },
  {
    rule: '23',
    breaks: 'distances without sign in reverse',
    source: { from: 'const sign = reverse ? -1 : 1;', to: 'const sign = 1;' },
    noticedBy: 'mask_and_reverse',
  },
  {
    rule: '23',
    breaks: 'other frequencies of pointer positions',
    graph: { graph: 'memoryAttention', constant: [64], first: 1, change: scale(0.5) },
    noticedBy: 'click',
  },
  {
    rule: '24',
    breaks: 'image position added whole',
    graph: { graph: 'memoryAttention', constant: [], first: 0.1, change: scale(10) },
    noticedBy: 'click',
  },
  {
    rule: '24',
    breaks: 'no image position of the row',
    graph: { graph: 'memoryAttention', constant: [16, 1, 64], change: zero },
    noticedBy: 'click',
  },
  {
    rule: '25',
    breaks: 'rotations along x the other way round',
    graph: { graph: 'memoryAttention', constant: [1, 16, 32], first: 0, change: scale(-1) },
    noticedBy: 'click',
  },
  {
    rule: '26',
    breaks: "objects that see each other's memories",
    source: {
      from: '(memory) => BigInt(slots.slotOf(memory)),',
      to: '(_, i) => BigInt(slots.slotOf(requests[0]!.memories[i % memories]!)),',
    },
    noticedBy: 'kept_corrections',
  },
  {
    rule: '27',
    breaks: 'corrections that are not conditioning',
    source: {
      from: 'const isConditioning = isInitial || this.#options.correctionsAreConditioning;',
      to: 'const isConditioning = isInitial;',
    },
    noticedBy: 'kept_corrections',
  },
  {
    rule: '29',
    breaks: 'a promoted frame that stays an ordinary one as well',
    source: { from: 'for (const frame of bank.conditioning.keys()) bank.recent.delete(frame);', to: '' },
    noticedBy: 'kept_corrections',
  },
  {
    rule: '29',
    breaks: 'a correction in the other direction',
    source: { from: 'reverse: tracked?.reverse ?? false,', to: 'reverse: !(tracked?.reverse ?? false),' },
    noticedBy: 'kept_corrections',
  },
  {
    rule: '30',
    breaks: 'conditioning frames computed again',
    source: {
      from: 'const prompted = object.bank.conditioning.get(frame);',
      to: 'const prompted = object.bank.conditioning.get(-1 - frame);',
    },
    noticedBy: 'click',
  },
  {
    rule: '33',
    breaks: 'memories dropped too early',
    source: {
      from: 'const memoryReach = Math.max((numMaskmem - 1) * memoryTemporalStride + 1, this.#history);',
      to: 'const memoryReach = 3;',
    },
    noticedBy: 'click',
  },
];
