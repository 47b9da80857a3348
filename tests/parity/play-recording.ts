/**
 * Plays a recording of the official predictor on the TypeScript tracker and compares every call. Forced: after each
 * call the tracker's state is overwritten with the recorded one, so that each call is compared alone (a free run
 * drifts: 0.1 % of the memory elements round to another bf16 value, and the network amplifies them).
 */
import type { OnnxGraphs } from '../../src/main/engine/model/graphs/onnx-graphs.ts';
import type { TrackerConstants } from '../../src/main/engine/tracking/constants.ts';
import { logitsToRle } from '../../src/main/engine/tracking/mask-upsample.ts';
import type { FrameOutput } from '../../src/main/engine/tracking/memory-bank.ts';
import type { ObjectFrameResult } from '../../src/main/engine/tracking/tracker-core.ts';
import { VideoTracker } from '../../src/main/engine/tracking/video-tracker.ts';
import { encodeRle, rleIou } from '../../src/shared/rle.ts';
import { largestDifference, type RecordedCall, type Recording, readBits, readFloats } from './recording.ts';

interface CallDifference {
  frame: number;
  objectId: number;
  lowRes: number;
  pointer: number;
  score: number;
  iou: number;
  /** Largest difference of a stored memory element, null where the recording has none. */
  memory: number | null;
  tokens: boolean;
}

export interface PlayedRecording {
  calls: CallDifference[];
  /** IoU of our low-res mask with the recorded one, per call. */
  lowResIous: number[];
  /** IoU of our mask with the recorded one, per frame and object of every step that has masks. */
  maskIous: number[];
  /** Differing pixels, summed, and of how many. */
  flippedPixels: number;
  pixels: number;
}

export interface PlayOptions {
  recording: Recording;
  graphs: OnnxGraphs;
  constants: TrackerConstants;
  video: { width: number; height: number; frameCount: number };
  /** [S, S, 3] model frame. */
  modelFrame: (frame: number) => Uint8Array;
  /** 0/1 mask of the video's size. */
  mask: (name: string) => Uint8Array;
  isForced: boolean;
  /** Another tracker than the product's: a copy with a broken rule. */
  modules?: { VideoTracker: typeof VideoTracker; logitsToRle: typeof logitsToRle };
}

/** [Cm, h, w] as recorded -> [h * w, Cm] as stored. */
const tokenMajor = (memory: Float32Array, channels: number): Float32Array => {
  const pixels = memory.length / channels;
  const out = new Float32Array(memory.length);
  for (let c = 0; c < channels; c++) for (let p = 0; p < pixels; p++) out[p * channels + c] = memory[c * pixels + p]!;
  return out;
};

export const playRecording = async (options: PlayOptions): Promise<PlayedRecording> => {
  const { recording, graphs, constants, video, isForced } = options;
  const modules = options.modules ?? { VideoTracker, logitsToRle };
  const tracker = new modules.VideoTracker(graphs, constants, {
    ...video,
    correctionsAreConditioning: recording.add_all_frames_to_correct_as_cond,
    history: video.frameCount,
  });
  const played: PlayedRecording = { calls: [], lowResIous: [], maskIous: [], flippedPixels: 0, pixels: 0 };
  const tokensPerMemory = constants.featureSize ** 2;
  const tokensPerPointer = constants.hiddenDim / constants.memoryDim;

  let expected: RecordedCall[] = [];
  const objectOf = new Map<RecordedCall, number>();
  const pendingPreflight = new Map<string, FrameOutput>();
  tracker.onOutput = (objectId, frame, output, { ious, isMask, memories, pointers }) => {
    const at = expected.findIndex((call) => call.frame === frame && objectOf.get(call) === objectId);
    const call = expected.splice(at, 1)[0];
    if (at < 0 || !call) throw new Error(`the official predictor made no call for object ${objectId} on frame ${frame}`);
    const lowRes = readFloats(recording.bytes, call.low_res);
    const pointer = readFloats(recording.bytes, call.obj_ptr);
    const memory = call.maskmem ? tokenMajor(readFloats(recording.bytes, call.maskmem), constants.memoryDim) : null;
    // A single mask's IoU may be that of the candidate which replaced it (rule 10); a mask prompt's is 1 by definition
    // (rule 7).
    played.lowResIous.push(thresholdIou(lowRes, output.logits));
    const compared = isMask ? call.ious : call.multimask ? ious.slice(1) : [output.predictedIou];
    played.calls.push({
      frame,
      objectId,
      lowRes: largestDifference(lowRes, output.logits),
      pointer: largestDifference(pointer, output.pointer),
      score: Math.abs(call.score - output.objectLogit),
      iou: largestDifference(call.ious, compared),
      memory: memory && output.maskMemory ? largestDifference(memory, output.maskMemory) : null,
      tokens:
        call.memory_tokens === null ||
        (call.memory_tokens[0] === memories * tokensPerMemory + pointers * tokensPerPointer &&
          call.memory_tokens[1] === pointers * tokensPerPointer),
    });
    if (isForced) {
      output.logits.set(lowRes);
      output.pointer.set(pointer);
      output.objectLogit = call.score;
      if (memory) output.maskMemory = memory;
    }
    if (!memory) pendingPreflight.set(`${objectId}:${frame}`, output);
  };

  // The sign of the object logit empties the whole mask: within the drift of a free run a logit this near zero falls
  // either way.
  const isUndecided = (step: Recording['steps'][number], frame: number, id: number): boolean =>
    !isForced && step.calls.some((call) => call.frame === frame && objectOf.get(call) === id && Math.abs(call.score) < 0.005);

  const compareMasks = (
    frame: number,
    ids: number[],
    results: Map<number, ObjectFrameResult['logits']>,
    step: Recording['steps'][number],
  ): void => {
    const recorded = step.video_masks.find((masks) => masks.frame === frame);
    if (!recorded) return;
    const bits = readBits(recording.bytes, recorded.bits);
    const pixels = video.width * video.height;
    ids.forEach((id, index) => {
      const logits = results.get(id);
      if (!logits || isUndecided(step, frame, id)) return;
      const theirs = bits.subarray(index * pixels, (index + 1) * pixels);
      const rle = encodeRle(theirs, video.width, video.height);
      const ours = modules.logitsToRle(logits, constants.logitSize, constants.logitSize, video.width, video.height);
      played.maskIous.push(rleIou(ours, rle));
      played.pixels += pixels;
      played.flippedPixels += countDifferent(ours.counts, rle.counts);
    });
  };

  for (const recorded of recording.steps) {
    const { step, ids } = recorded;
    expected = [...recorded.calls];
    if (step.op === 'propagate') {
      // The preflight goes object by object, each object's prompted frames in the order they were prompted.
      const preflight = [...recorded.preflight];
      for (const id of ids) {
        for (const [key, pending] of pendingPreflight) {
          const [objectId, frame] = key.split(':').map(Number);
          const at = objectId === id ? preflight.findIndex((output) => output.frame === frame) : -1;
          if (at < 0) continue;
          const memory = tokenMajor(readFloats(recording.bytes, preflight.splice(at, 1)[0]!.maskmem), constants.memoryDim);
          const difference = largestDifference(memory, pending.maskMemory!);
          played.calls.push({ frame: frame!, objectId: id, lowRes: 0, pointer: 0, score: 0, iou: 0, memory: difference, tokens: true });
          if (isForced) pending.maskMemory = memory;
        }
      }
      pendingPreflight.clear();
      tracker.startPropagation();
      assignObjects(recorded.calls, ids, (id) => new Set(tracker.conditioningFrames(id)), objectOf);
      const reverse = step.reverse ?? false;
      const start = step.start ?? Math.min(...ids.flatMap((id) => tracker.conditioningFrames(id)));
      const most = step.max_frames ?? video.frameCount;
      const end = reverse ? Math.max(0, start - most) : Math.min(video.frameCount - 1, start + most);
      for (let t = start; reverse ? t >= end : t <= end; t += reverse ? -1 : 1) {
        const results = await tracker.trackFrame(t, reverse, () => options.modelFrame(t), ids);
        compareMasks(t, ids, new Map(results.map((r) => [r.objectId, r.logits])), recorded);
      }
      continue;
    }
    if (step.op === 'clear' || step.op === 'remove') {
      if (step.op === 'clear') tracker.clearPrompts(step.obj, step.frame);
      else tracker.removeObject(step.obj);
      const isGone = (key: string): boolean => (step.op === 'clear' ? key === `${step.obj}:${step.frame}` : key.startsWith(`${step.obj}:`));
      for (const key of [...pendingPreflight.keys()].filter(isGone)) pendingPreflight.delete(key);
      continue;
    }
    for (const call of recorded.calls) objectOf.set(call, step.obj);
    const image = (): Uint8Array => options.modelFrame(step.frame);
    let result: ObjectFrameResult;
    if (step.op === 'mask') result = await tracker.setMask(step.obj, step.frame, options.mask(step.mask), image);
    else {
      const before = step.clear_old_points === false ? tracker.promptOn(step.obj, step.frame) : null;
      result = await tracker.setPoints(
        step.obj,
        step.frame,
        {
          points: [...(before?.points ?? []), ...(step.points ?? [])],
          labels: [...(before?.labels ?? []), ...(step.labels ?? [])],
          box: step.box ?? before?.box ?? null,
        },
        image,
      );
    }
    compareMasks(step.frame, ids, new Map([[step.obj, result.logits]]), recorded);
    await tracker.encodePending(step.frame, image);
    if (expected.length > 0) throw new Error(`the official predictor made ${expected.length} calls more in ${JSON.stringify(step)}`);
  }
  tracker.dispose();
  return played;
};

/** Largest differences that a recording allows, from its config.json. */
export interface Tolerances {
  low_res: number;
  obj_ptr: number;
  score: number;
  iou: number;
  /** Default 0.125: one bf16 step of the elements from 16 on. */
  memory?: number;
}

/** What differs more than it may in a forced run, in words; empty when all is well. */
export const violations = ({ calls, maskIous, flippedPixels }: PlayedRecording, tolerance: Tolerances): string[] => {
  const found: string[] = [];
  const check = (what: string, largest: number, allowed: number): void => {
    if (!(largest <= allowed)) found.push(`${what} differs by ${largest}, allowed is ${allowed}`);
  };
  const worst = (pick: (call: CallDifference) => number | null): number => Math.max(...calls.map((call) => pick(call) ?? 0));
  if (!calls.every(({ tokens }) => tokens)) found.push('another number of attended tokens');
  check(
    'low-res logits',
    worst((c) => c.lowRes),
    tolerance.low_res,
  );
  check(
    'the object pointer',
    worst((c) => c.pointer),
    tolerance.obj_ptr,
  );
  check(
    'the object logit',
    worst((c) => c.score),
    tolerance.score,
  );
  check(
    'the predicted IoU',
    worst((c) => c.iou),
    tolerance.iou,
  );
  check(
    'a memory',
    worst((c) => c.memory),
    tolerance.memory ?? 0.125,
  );
  check('a mask (1 - IoU)', 1 - Math.min(...maskIous), 0.005);
  check('pixels a mask', flippedPixels / maskIous.length, 1);
  return found;
};

/** Which object each call of a propagation belongs to: the recording lists them frame by frame, in object order. */
const assignObjects = (
  calls: RecordedCall[],
  ids: number[],
  conditioning: (id: number) => Set<number>,
  into: Map<RecordedCall, number>,
): void => {
  let at = 0;
  while (at < calls.length) {
    const { frame } = calls[at]!;
    for (const id of ids) {
      if (conditioning(id).has(frame)) continue;
      if (calls[at]?.frame === frame) into.set(calls[at++]!, id);
    }
  }
};

const countDifferent = (a: number[], b: number[]): number => {
  let i = 0;
  let j = 0;
  let [leftA, leftB] = [a[0] ?? 0, b[0] ?? 0];
  let different = 0;
  while (i < a.length && j < b.length) {
    const step = Math.min(leftA, leftB);
    if ((i & 1) !== (j & 1)) different += step;
    leftA -= step;
    leftB -= step;
    if (leftA === 0) leftA = a[++i] ?? 0;
    if (leftB === 0) leftB = b[++j] ?? 0;
  }
  return different;
};

const thresholdIou = (a: Float32Array, b: Float32Array): number => {
  let both = 0;
  let either = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i]! > 0 && b[i]! > 0) both++;
    if (a[i]! > 0 || b[i]! > 0) either++;
  }
  return either === 0 ? 1 : both / either;
};
