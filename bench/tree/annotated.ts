/**
 * Annotated sequences in memory, image features computed once for all settings, and a run of the tracker scored as
 * DAVIS does.
 */

import type { EngineResult } from '../../src/main/engine/api/protocol.ts';
import { toEngineResult } from '../../src/main/engine/pipeline/results.ts';
import type { TrackerConstants } from '../../src/main/engine/tracking/constants.ts';
import type {
  AttendInput,
  CandidateOutput,
  ConditionedFeatures,
  DecodeInput,
  DecodeOutput,
  DrawnMasks,
  EncodeMemoryInput,
  ImageFeatures,
  TrackerGraphs,
  WantedMasks,
} from '../../src/main/engine/tracking/graphs.ts';
import { logitsToRle } from '../../src/main/engine/tracking/mask-upsample.ts';
import { VideoTracker } from '../../src/main/engine/tracking/video-tracker.ts';
import { MaskWatch } from '../../src/main/services/results/mask-watch.ts';
import type { MemorySettings } from '../../src/shared/memory-settings.ts';
import { noTreeEvents, type TreeCounters } from '../../src/shared/memory-tree.ts';
import type { ReviewFrame } from '../../src/shared/review-queue.ts';
import { decodeRle } from '../../src/shared/rle.ts';
import { contourAccuracy, regionSimilarity } from '../davis-measures.ts';
import { readLabels, readModelFrames, type Sequence } from '../davis-sequences.ts';
import { mean } from '../statistics.ts';

/** A sequence read whole. */
export interface Annotated {
  name: string;
  width: number;
  height: number;
  frames: Uint8Array[];
  /** Object ids per pixel, per frame. */
  labels: Uint8Array[];
  ids: number[];
  /** Some object is hidden: its area falls under a quarter of its median. */
  hasOcclusion: boolean;
}

export const truthOf = (labels: Uint8Array, id: number): Uint8Array => labels.map((label) => (label === id ? 1 : 0));

const areaOf = (labels: Uint8Array, id: number): number => labels.reduce((sum, label) => sum + (label === id ? 1 : 0), 0);

/** @param most frames to read */
export const readAnnotated = async (sequence: Sequence, imageSize: number, most = Number.POSITIVE_INFINITY): Promise<Annotated> => {
  const frames = await readModelFrames(sequence.frames.slice(0, most), imageSize);
  const labels = sequence.masks.slice(0, most).map((path) => readLabels(path).labels);
  const ids = [...new Set(labels[0]!)].filter((id) => id !== 0).sort((a, b) => a - b);
  const hasOcclusion = ids.some((id) => {
    const areas = labels.map((frame) => areaOf(frame, id)).sort((a, b) => a - b);
    return areas[0]! < areas[areas.length >> 1]! / 4;
  });
  return { name: sequence.name, width: sequence.width, height: sequence.height, frames, labels, ids, hasOcclusion };
};

/** Graphs that encode each picture once, for comparisons of what comes after. */
export class CachedGraphs implements TrackerGraphs {
  readonly #graphs: TrackerGraphs;
  readonly #features = new WeakMap<Uint8Array, ImageFeatures>();

  constructor(graphs: TrackerGraphs) {
    this.#graphs = graphs;
  }

  async encodeImage(rgb: Uint8Array): Promise<ImageFeatures> {
    const known = this.#features.get(rgb);
    if (known) return known;
    const features = await this.#graphs.encodeImage(rgb);
    this.#features.set(rgb, features);
    return features;
  }

  initialFeatures(features: ImageFeatures): ConditionedFeatures {
    return this.#graphs.initialFeatures(features);
  }

  rawFeatures(features: ImageFeatures): ConditionedFeatures {
    return this.#graphs.rawFeatures(features);
  }

  attend(features: ImageFeatures, input: AttendInput): Promise<ConditionedFeatures> {
    return this.#graphs.attend(features, input);
  }

  decode(features: ImageFeatures, pix: ConditionedFeatures, input: DecodeInput): Promise<DecodeOutput> {
    return this.#graphs.decode(features, pix, input);
  }

  decodeCandidates(features: ImageFeatures, input: AttendInput): Promise<CandidateOutput> | null {
    return this.#graphs.decodeCandidates?.(features, input) ?? null;
  }

  drawMasks(features: ImageFeatures, candidates: CandidateOutput, wanted: readonly WantedMasks[]): Promise<DrawnMasks[]> {
    return this.#graphs.drawMasks!(features, candidates, wanted);
  }

  encodeMemory(features: ImageFeatures, input: EncodeMemoryInput): Promise<Float32Array[]> {
    return this.#graphs.encodeMemory(features, input);
  }

  downsampleMask(mask: Float32Array): Promise<{ prompt: Float32Array; noObjectPointer: Float32Array }> {
    return this.#graphs.downsampleMask(mask);
  }
}

export interface ScoredRun {
  j: number;
  f: number;
  /** J&F of each object on each frame but the first, by object. */
  perFrame: Map<number, number[]>;
  /** J&F of what was shown when each frame came, before amendments. */
  asShown: number;
  review: ReviewFrame[];
  /** What was stored of every object on every frame. */
  stored: StoredFrame[];
  counters: TreeCounters;
}

/** An object's result on a frame, with what the review list goes by. */
interface StoredFrame {
  objectId: number;
  frame: number;
  objectLogit: number;
  predictedIou: number;
  /** px */
  area: number;
  /** The object that has the same mask on this frame, as the app finds it, and the IoU of both. */
  other: number | null;
  overlap: number;
  hasJumped: boolean;
  box: [number, number, number, number] | null;
}

/**
 * Tracks a sequence from its first frame's masks.
 * @param corrections frames whose true masks are given as prompts too, by object
 */
export const runSequence = async (
  graphs: TrackerGraphs,
  constants: TrackerConstants,
  sequence: Annotated,
  memory: MemorySettings,
  corrections: ReadonlyMap<number, readonly number[]> = new Map(),
): Promise<ScoredRun> => {
  const { width, height, frames, labels, ids } = sequence;
  const tracker = new VideoTracker(graphs, constants, { width, height, frameCount: frames.length, memory });
  for (const id of ids) {
    for (const frame of new Set([0, ...(corrections.get(id) ?? [])])) {
      await tracker.setMask(id, frame, truthOf(labels[frame]!, id), () => frames[frame]!);
      await tracker.encodePending(frame, () => frames[frame]!);
    }
  }
  tracker.startPropagation();
  const final = new Map(ids.map((id) => [id, new Map<number, Float32Array>()]));
  const shown: number[] = [];
  const review: ReviewFrame[] = [];
  const stored: StoredFrame[] = [];
  const watch = new MaskWatch(sequence);
  const counters = noTreeEvents();
  const measure = (id: number, frame: number, logits: Float32Array): { j: number; f: number } => {
    const truth = truthOf(labels[frame]!, id);
    const mask = decodeRle(logitsToRle(logits, constants.logitSize, constants.logitSize, width, height));
    return { j: regionSimilarity(mask, truth), f: contourAccuracy(mask, truth, width, height) };
  };
  const isTree = memory.mode === 'tree';
  for (let t = 0; t < frames.length; t++) {
    const results: EngineResult[] = [];
    for (const { objectId, logits, uncertainty, events, amended, prompted, objectLogit, predictedIou } of await tracker.trackFrame(
      t,
      false,
      () => frames[t]!,
    )) {
      const own = final.get(objectId)!;
      own.set(t, logits);
      for (const { frame, logits: better } of amended) own.set(frame, better);
      for (const { type } of events) counters[type]++;
      counters.amendedFrames += amended.length;
      if (!prompted) review.push({ objectId, frame: t, uncertainty });
      const result = toEngineResult({ objectId, logits, predictedIou, objectLogit, prompted }, sequence);
      results.push(result);
      stored.push({
        objectId,
        frame: t,
        objectLogit,
        predictedIou,
        area: result.area,
        box: result.box,
        other: null,
        overlap: 0,
        hasJumped: false,
      });
      if (isTree && t > 0) {
        const { j, f } = measure(objectId, t, logits);
        shown.push((j + f) / 2);
      }
    }
    const { overlaps, jumps } = watch.watch(t, results, null);
    for (const entry of stored.filter(({ frame }) => frame === t)) {
      const pair = overlaps.find((one) => one[0] === entry.objectId || one[1] === entry.objectId);
      if (pair) [entry.other, entry.overlap] = [pair[0] === entry.objectId ? pair[1] : pair[0], pair[2]];
      entry.hasJumped = jumps.includes(entry.objectId);
    }
  }
  tracker.dispose();
  const perFrame = new Map<number, number[]>();
  const js: number[] = [];
  const fs: number[] = [];
  for (const id of ids) {
    const scores = Array.from({ length: frames.length - 1 }, (_, index) => measure(id, index + 1, final.get(id)!.get(index + 1)!));
    js.push(mean(scores.map(({ j }) => j)));
    fs.push(mean(scores.map(({ f }) => f)));
    perFrame.set(
      id,
      scores.map(({ j, f }) => (j + f) / 2),
    );
  }
  const total = (mean(js) + mean(fs)) / 2;
  return { j: mean(js), f: mean(fs), perFrame, asShown: isTree ? mean(shown) : total, review, stored, counters };
};
