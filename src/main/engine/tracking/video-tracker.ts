/**
 * SAM 2's video session: prompts, corrections and propagation of any number of objects over shared image features, as
 * the official SAM2VideoPredictor does it (docs/inference-rules.md, rules 1 to 33), with one path per object or a
 * memory tree (rules L1 to L13). Objects are independent (rule 26). One instance belongs to one caller at a time; calls
 * must not overlap.
 *
 * Two differences are chosen: every corrected frame is conditioning (rule 27, can be switched off for parity), and
 * state that no later frame can reach is dropped (rule 33).
 *
 * Official names and ours (all of them: docs/glossary.md):
 *
 *     cond_frame_outputs, non_cond_frame_outputs    MemoryBank: conditioning, recent
 *     maskmem_features, obj_ptr, pred_masks         FrameOutput: maskMemory, pointer, logits
 *     ious, object_score_logits                     FrameOutput: iou, objectLogit
 *     temp_output_dict_per_obj                      ObjectState: pendingConditioning, pendingOther
 *     propagate_in_video_preflight                  startPropagation
 *     _forward_sam_heads                            TrackerGraphs.decode, then selectMask
 */
import { defaultMemorySettings, isPlainSam2, type MemorySettings } from '../../../shared/memory-settings.ts';
import { decodeRle } from '../../../shared/rle.ts';
import type { TrackerConstants } from './constants.ts';
import { FeatureCache, type ModelFrame, type UpcomingFrame } from './feature-cache.ts';
import type { TrackerGraphs } from './graphs.ts';
import { logitsToRle } from './mask-upsample.ts';
import type { FrameOutput } from './memory-bank.ts';
import { clearPrompts, endTree, newObjectState, type ObjectState, startPropagation } from './object-state.ts';
import { checkPoints, type PointPrompt } from './point-prompt.ts';
import { decodeMask, decodePoints, maskAtModelSize, type ProbedPrompt, probePrompts } from './prompt-frame.ts';
import type { SelectedMask } from './select-mask.ts';
import { trackSingle } from './track-single.ts';
import { encodeMemories, type ObjectFrameResult, type OnOutput, plainResult, type TrackerCore } from './tracker-core.ts';
import { trackTrees } from './tree/track-trees.ts';

export interface TrackerOptions {
  /** Size of the source in px; prompts are in this space. */
  width: number;
  height: number;
  /** Frames of the clip, or null for a stream of unknown length. */
  frameCount: number | null;
  /** Rule 27; default true. */
  correctionsAreConditioning?: boolean;
  /** Frames behind the newest that keep their memory for corrections; default 24. */
  history?: number;
  /** Default: one path, as SAM 2. */
  memory?: MemorySettings;
  /** For tests: paths that are copies of each other are computed once; default true. */
  sharesCopies?: boolean;
  /** For tests: paths of one shape are asked for as one batch; default true. */
  batchesPaths?: boolean;
}

export class VideoTracker {
  readonly constants: TrackerConstants;
  readonly #core: TrackerCore;
  readonly #options: Required<TrackerOptions>;
  readonly #objects = new Map<number, ObjectState>();
  readonly #features: FeatureCache;
  #memory: MemorySettings;
  /** Called after every inference of an object; tests use it to compare and to force state. */
  onOutput: OnOutput | null = null;

  constructor(graphs: TrackerGraphs, constants: TrackerConstants, options: TrackerOptions) {
    this.constants = constants;
    this.#options = {
      correctionsAreConditioning: true,
      history: 24,
      memory: defaultMemorySettings,
      sharesCopies: true,
      batchesPaths: true,
      ...options,
    };
    const { width, height, frameCount, memory } = this.#options;
    this.#core = { graphs, constants, width, height, frameCount };
    this.#features = new FeatureCache(graphs);
    this.#memory = memory;
  }

  get objectIds(): number[] {
    return [...this.#objects.keys()];
  }

  /** From the next frame on; trees that grow under other settings end. */
  setMemory(settings: MemorySettings): void {
    if (JSON.stringify(settings) === JSON.stringify(this.#memory)) return;
    this.#memory = settings;
    for (const object of this.#objects.values()) endTree(object, 'replanted');
  }

  /** Branches of an object's tree, best first; empty without one. */
  branches(objectId: number): { branch: number; pathScore: number; historySize: number }[] {
    return this.#objects.get(objectId)?.tree?.branches ?? [];
  }

  /** Frames of an object that are held, and how many of them with their memory; for tests of the bound. */
  held(objectId: number): { frames: number; memories: number } {
    const object = this.#objects.get(objectId);
    if (!object) return { frames: 0, memories: 0 };
    const { bank, tree } = object;
    const frames = [...new Set([...bank.conditioning.values(), ...bank.recent.values(), ...(tree?.trail ?? [])])];
    return { frames: frames.length, memories: frames.filter(({ maskMemory }) => maskMemory !== null).length };
  }

  /** The points and box an object has on a frame, if any. */
  promptOn(objectId: number, frame: number): PointPrompt | null {
    return this.#objects.get(objectId)?.points.get(frame) ?? null;
  }

  /** Conditioning frames of an object, pending prompts included, ascending. */
  conditioningFrames(objectId: number): number[] {
    const object = this.#objects.get(objectId);
    if (!object) return [];
    return [...new Set([...object.bank.conditioning.keys(), ...object.pendingConditioning.keys()])].sort((a, b) => a - b);
  }

  /**
   * Sets all points and the box of an object on a frame and computes its mask (rules 3 to 6).
   * @param candidate 0..3 to take that mask instead of the best one
   * @param priorLogits previous low-res logits of this frame when the tracker no longer holds them (rule 5)
   */
  async setPoints(
    objectId: number,
    frame: number,
    prompt: PointPrompt,
    image: ModelFrame,
    priorLogits: Float32Array | null = null,
    candidate: number | null = null,
  ): Promise<ObjectFrameResult> {
    checkPoints(prompt, this.#options);
    const object = this.#ensureObject(objectId);
    object.points.set(frame, prompt);
    const { isInitial, reverse, pending } = this.#correctionOf(object, frame);
    const previous = pending.get(frame) ?? object.bank.get(frame);
    const features = await this.#features.of(frame, image);
    const { bank } = object;
    const request = isInitial
      ? null
      : { memories: bank.memoriesFor(frame, reverse), pointers: bank.pointersFor(frame, reverse, this.#core.frameCount) };
    const { selected, ious } = await decodePoints(this.#core, features, prompt, request, previous?.logits ?? priorLogits, candidate);
    const output = store(pending, frame, selected);
    this.onOutput?.(objectId, frame, output, {
      ious,
      isMask: false,
      memories: request?.memories.length ?? 0,
      pointers: request?.pointers.length ?? 0,
    });
    return plainResult(objectId, output, true);
  }

  /**
   * Sets an object's mask on a frame (rule 7).
   * @param mask 0/1 values of `width * height` source pixels
   */
  async setMask(objectId: number, frame: number, mask: Uint8Array, image: ModelFrame): Promise<ObjectFrameResult> {
    const resized = maskAtModelSize(this.#core, mask);
    const object = this.#ensureObject(objectId);
    object.points.delete(frame);
    const { pending } = this.#correctionOf(object, frame);
    const output = store(pending, frame, await decodeMask(this.#core, await this.#features.of(frame, image), resized));
    this.onOutput?.(objectId, frame, output, { ious: [1], isMask: true, memories: 0, pointers: 0 });
    return plainResult(objectId, output, true);
  }

  /**
   * What prompts on a frame would give, for finding objects: no object is made, nothing is remembered.
   * @param prompts each with the same number of points and boxes
   */
  async probe(frame: number, prompts: readonly PointPrompt[], image: ModelFrame): Promise<ProbedPrompt[]> {
    return prompts.length === 0 ? [] : probePrompts(this.#core, await this.#features.of(frame, image), prompts);
  }

  /**
   * As {@link setMask}, of a mask that the model gave.
   * @param logits [4h * 4h], mask where > 0
   */
  async setFoundMask(objectId: number, frame: number, logits: Float32Array, image: ModelFrame): Promise<void> {
    const { imageSize, logitSize } = this.constants;
    const mask = decodeRle(logitsToRle(logits, logitSize, logitSize, imageSize, imageSize));
    const object = this.#ensureObject(objectId);
    const { pending } = this.#correctionOf(object, frame);
    store(pending, frame, await decodeMask(this.#core, await this.#features.of(frame, image), Float32Array.from(mask)));
  }

  /** Makes ready what a prompt on a frame needs of its image. @param image [S, S, 3] */
  async prefetchFrame(frame: number, image: Uint8Array): Promise<void> {
    await this.#features.of(frame, () => image);
  }

  /**
   * Encodes the memory of prompted frames while their features are at hand, so that propagation need not see them
   * again.
   */
  async encodePending(frame: number, image: ModelFrame): Promise<void> {
    for (const object of this.#objects.values()) {
      for (const pending of [object.pendingConditioning, object.pendingOther]) {
        const output = pending.get(frame);
        if (output && output.maskMemory === null) {
          await encodeMemories(this.#core, await this.#features.of(frame, image), [output], this.constants.binarizePromptedMasks);
        }
      }
    }
  }

  /** Moves pending prompts into the banks (the official preflight). */
  startPropagation(): void {
    for (const object of this.#objects.values()) startPropagation(object);
  }

  /**
   * Tracks one frame for the given objects (all that have a prompt, by default); a frame an object is prompted on is
   * answered from its prompt (rule 30). {@link startPropagation} comes first.
   */
  async trackFrame(
    frame: number,
    reverse: boolean,
    image: ModelFrame,
    objectIds: readonly number[] = this.objectIds,
  ): Promise<ObjectFrameResult[]> {
    const results = new Map<number, ObjectFrameResult>();
    const toTrack: ObjectState[] = [];
    for (const id of objectIds) {
      const object = this.#objects.get(id);
      if (!object || object.bank.conditioning.size === 0) continue;
      const prompted = object.bank.conditioning.get(frame);
      object.tracked.set(frame, reverse);
      if (prompted) {
        endTree(object, 'replanted');
        results.set(id, plainResult(id, prompted, true));
      } else toTrack.push(object);
    }
    if (toTrack.length > 0) {
      const features = await this.#features.of(frame, image);
      const { sharesCopies, batchesPaths } = this.#options;
      const tracked = isPlainSam2(this.#memory)
        ? await trackSingle(this.#core, features, frame, reverse, toTrack, this.onOutput)
        : await trackTrees(
            { core: this.#core, settings: this.#memory, onOutput: this.onOutput, sharesCopies, batchesPaths },
            features,
            frame,
            reverse,
            toTrack,
          );
      for (const result of tracked) results.set(result.objectId, result);
    }
    return objectIds.flatMap((id) => {
      const result = results.get(id);
      if (!result) return [];
      const ended = this.#objects.get(id)!.ended.splice(0);
      return ended.length === 0 ? result : { ...result, events: [...ended, ...result.events] };
    });
  }

  /**
   * Says which frames are tracked next, so that their images may be encoded beside the work on the present one. Unlike
   * other calls it may come at any time. @param upcoming the next frame first; images are not to be changed any more
   */
  lookAhead(upcoming: readonly UpcomingFrame[]): void {
    this.#features.encodeAhead(upcoming);
  }

  /** Removes an object's prompts on a frame; its output there becomes an ordinary one (rule 29). */
  clearPrompts(objectId: number, frame: number): void {
    const object = this.#objects.get(objectId);
    if (object) clearPrompts(object, frame);
  }

  removeObject(objectId: number): void {
    this.#objects.delete(objectId);
  }

  /** Drops cached image features. */
  dispose(): void {
    this.#features.clear();
    this.#objects.clear();
  }

  /**
   * Rules 6, 27 and 29: is this the frame's first prompt, in which direction was it tracked, and where does its output
   * go.
   */
  #correctionOf(object: ObjectState, frame: number): { isInitial: boolean; reverse: boolean; pending: Map<number, FrameOutput> } {
    const tracked = object.tracked.get(frame);
    // Without any conditioning frame left there is no memory to correct with.
    const isInitial = tracked === undefined || object.bank.conditioning.size === 0;
    const isConditioning = isInitial || this.#options.correctionsAreConditioning;
    return { isInitial, reverse: tracked?.reverse ?? false, pending: isConditioning ? object.pendingConditioning : object.pendingOther };
  }

  #ensureObject(objectId: number): ObjectState {
    let object = this.#objects.get(objectId);
    if (!object) {
      object = newObjectState(objectId, this.constants, this.#options.history);
      this.#objects.set(objectId, object);
    }
    return object;
  }
}

const store = (into: Map<number, FrameOutput>, frame: number, selected: SelectedMask): FrameOutput => {
  const { logits, objectLogit, predictedIou, pointer } = selected;
  const output: FrameOutput = { logits, objectLogit, predictedIou, pointer, maskMemory: null };
  into.set(frame, output);
  return output;
};
