/**
 * SAM 2's video session: prompts, corrections and propagation of any number of objects over shared image features, as the
 * official SAM2VideoPredictor does it (../shared/spec, rules 1 to 33). Objects are independent (rule 26). One instance belongs to
 * one caller at a time; calls must not overlap.
 *
 * Differences, each chosen: every corrected frame is conditioning (rule 27, can be switched off for parity), and state that no
 * later frame can reach is dropped (rule 33).
 */
import { AppError } from '../../../shared/errors.ts';
import { AttentionPacker, type AttentionRequest, groupByShape } from './attention-batch.ts';
import { roundToBf16 } from './bf16.ts';
import type { TrackerConstants } from './constants.ts';
import { FeatureCache, type ModelFrame } from './feature-cache.ts';
import type { ConditionedFeatures, ImageFeatures, TrackerGraphs } from './graphs.ts';
import { type FrameMemory, MemoryBank } from './memory-bank.ts';
import { checkPoints, encodePoints, type PointPrompt } from './point-prompt.ts';
import { resizePlaneAntialiased } from './resample.ts';
import { type SelectedMask, selectMask, usesMultimask } from './select-mask.ts';
import { TrackedFrames } from './tracked-frames.ts';

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
}

export interface ObjectFrameResult {
  objectId: number;
  /** [4h * 4h] logits covering the whole frame; mask where > 0. */
  logits: Float32Array;
  objectLogit: number;
  iou: number;
  prompted: boolean;
}

interface TrackedObject {
  bank: MemoryBank;
  points: Map<number, PointPrompt>;
  masks: Map<number, Float32Array>;
  /** Outputs of prompted frames that enter the bank when propagation starts (rule 14). */
  pendingConditioning: Map<number, FrameMemory>;
  pendingOther: Map<number, FrameMemory>;
  tracked: TrackedFrames;
}

export class VideoTracker {
  readonly constants: TrackerConstants;
  readonly #graphs: TrackerGraphs;
  readonly #options: Required<TrackerOptions>;
  readonly #objects = new Map<number, TrackedObject>();
  readonly #features: FeatureCache;
  readonly #packer: AttentionPacker;
  /** Called after every single-object inference; tests use it to compare and to force state. */
  onOutput:
    | ((
        objectId: number,
        frame: number,
        output: FrameMemory,
        selected: { ious: number[]; isMask: boolean; memories: number; pointers: number },
      ) => void)
    | null = null;

  constructor(graphs: TrackerGraphs, constants: TrackerConstants, options: TrackerOptions) {
    this.constants = constants;
    this.#graphs = graphs;
    this.#options = { correctionsAreConditioning: true, history: 24, ...options };
    this.#packer = new AttentionPacker(constants);
    this.#features = new FeatureCache(graphs);
  }

  get objectIds(): number[] {
    return [...this.#objects.keys()];
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
   * @param priorLogits previous low-res logits of this frame when the tracker no longer holds them (rule 5)
   */
  async setPoints(
    objectId: number,
    frame: number,
    prompt: PointPrompt,
    image: ModelFrame,
    priorLogits: Float32Array | null = null,
  ): Promise<ObjectFrameResult> {
    checkPoints(prompt, this.#options);
    const object = this.#ensureObject(objectId);
    object.points.set(frame, prompt);
    object.masks.delete(frame);
    const { isInitial, reverse, pending } = this.#correctionOf(object, frame);
    const previous = pending.get(frame) ?? object.bank.get(frame);
    const previousLogits = previous?.logits ?? priorLogits;

    const features = await this.#features.of(frame, image);
    const request = isInitial ? null : this.#requestFor(object, frame, reverse);
    const pix =
      request === null ? this.#graphs.initialFeatures(features) : await this.#graphs.attend(features, this.#packer.pack([request]));

    const { points, labels, count } = encodePoints(prompt, this.#options, this.constants.imageSize);
    const clamp = this.constants.maskPromptClamp;
    const output = await this.#graphs.decode(features, pix, {
      batch: 1,
      pointCount: count,
      points,
      labels,
      maskPrompt: previousLogits ? previousLogits.map((v) => Math.min(clamp, Math.max(-clamp, v))) : null,
      hasMask: Float32Array.of(previousLogits ? 1 : 0),
    });
    const multimask = usesMultimask(this.constants, count - 1, isInitial);
    const selected = selectMask(this.constants, output, 0, multimask);
    const memory = this.#store(pending, frame, selected);
    this.onOutput?.(objectId, frame, memory, {
      ious: [...output.ious],
      isMask: false,
      memories: request?.memories.length ?? 0,
      pointers: request?.pointers.length ?? 0,
    });
    return { objectId, logits: memory.logits, objectLogit: memory.objectLogit, iou: memory.iou, prompted: true };
  }

  /**
   * Sets an object's mask on a frame (rule 7).
   * @param mask 0/1 values of `width * height` source pixels
   */
  async setMask(objectId: number, frame: number, mask: Uint8Array, image: ModelFrame): Promise<ObjectFrameResult> {
    const { width, height } = this.#options;
    if (mask.length !== width * height) {
      throw new AppError(
        'prompt-invalid',
        `The mask has ${mask.length} pixels and the frame ${width} x ${height}. Use a mask of the frame's size.`,
      );
    }
    const size = this.constants.imageSize;
    const resized =
      width === size && height === size
        ? Float32Array.from(mask)
        : resizePlaneAntialiased(Float32Array.from(mask), width, height, size, size);
    for (let i = 0; i < resized.length; i++) resized[i] = resized[i]! >= 0.5 ? 1 : 0;
    const object = this.#ensureObject(objectId);
    object.masks.set(frame, resized);
    object.points.delete(frame);
    const { pending } = this.#correctionOf(object, frame);

    const features = await this.#features.of(frame, image);
    const logit = this.constants.maskPromptLogit;
    const logits = resizePlaneAntialiased(
      resized.map((v) => (v * 2 - 1) * logit),
      size,
      size,
      this.constants.logitSize,
      this.constants.logitSize,
    );
    const { prompt, noObjectPointer } = await this.#graphs.downsampleMask(resized);
    const output = await this.#graphs.decode(features, this.#graphs.rawFeatures(features), {
      batch: 1,
      pointCount: 2,
      points: new Float32Array(4),
      labels: Float32Array.of(-1, -1),
      maskPrompt: prompt,
      hasMask: Float32Array.of(1),
    });
    const isPresent = resized.includes(1);
    const selected: SelectedMask = {
      logits,
      pointer: isPresent ? output.pointers.slice(0, this.constants.hiddenDim) : noObjectPointer,
      iou: 1,
      objectLogit: isPresent ? logit : -logit,
      candidate: 0,
    };
    const memory = this.#store(pending, frame, selected);
    this.onOutput?.(objectId, frame, memory, { ious: [1], isMask: true, memories: 0, pointers: 0 });
    return { objectId, logits, objectLogit: memory.objectLogit, iou: 1, prompted: true };
  }

  /** Encodes the memory of prompted frames while their features are at hand, so that propagation need not see them again. */
  async encodePending(frame: number, image: ModelFrame): Promise<void> {
    for (const object of this.#objects.values()) {
      for (const pending of [object.pendingConditioning, object.pendingOther]) {
        const output = pending.get(frame);
        if (output && output.memory === null) {
          await this.#encodeMemory(await this.#features.of(frame, image), [output], this.constants.binarizePromptedMasks);
        }
      }
    }
  }

  /** Moves pending prompts into the banks (the official preflight). @throws Error while a memory is missing */
  startPropagation(): void {
    for (const object of this.#objects.values()) {
      const { bank } = object;
      for (const [frame, output] of object.pendingOther) bank.recent.set(frame, output);
      for (const [frame, output] of object.pendingConditioning) bank.conditioning.set(frame, output);
      object.pendingOther.clear();
      object.pendingConditioning.clear();
      for (const frame of bank.conditioning.keys()) bank.recent.delete(frame);
    }
  }

  /**
   * Tracks one frame for the given objects (all that have a prompt, by default); a frame an object is prompted on is answered
   * from its prompt (rule 30). {@link startPropagation} comes first.
   */
  async trackFrame(
    frame: number,
    reverse: boolean,
    image: ModelFrame,
    objectIds: readonly number[] = this.objectIds,
  ): Promise<ObjectFrameResult[]> {
    const results = new Map<number, ObjectFrameResult>();
    const toTrack: { id: number; object: TrackedObject; request: AttentionRequest }[] = [];
    for (const id of objectIds) {
      const object = this.#objects.get(id);
      if (!object || object.bank.conditioning.size === 0) continue;
      const prompted = object.bank.conditioning.get(frame);
      object.tracked.set(frame, reverse);
      if (prompted) {
        results.set(id, { objectId: id, logits: prompted.logits, objectLogit: prompted.objectLogit, iou: prompted.iou, prompted: true });
      } else {
        toTrack.push({ id, object, request: this.#requestFor(object, frame, reverse) });
      }
    }
    if (toTrack.length > 0) {
      const features = await this.#features.of(frame, image);
      for (const group of groupByShape(toTrack.map((t) => t.request))) {
        await this.#trackGroup(
          frame,
          group.map((index) => toTrack[index]!),
          features,
          results,
        );
      }
      for (const { object } of toTrack) object.bank.prune(frame, reverse);
    }
    return objectIds.flatMap((id) => results.get(id) ?? []);
  }

  /** Removes an object's prompts on a frame; its output there becomes an ordinary one (rule 29). */
  clearPrompts(objectId: number, frame: number): void {
    const object = this.#objects.get(objectId);
    if (!object) return;
    object.points.delete(frame);
    object.masks.delete(frame);
    object.pendingConditioning.delete(frame);
    object.pendingOther.delete(frame);
    const output = object.bank.conditioning.get(frame);
    if (output) {
      object.bank.conditioning.delete(frame);
      object.bank.recent.set(frame, output);
      object.tracked.delete(frame);
    }
  }

  removeObject(objectId: number): void {
    this.#objects.delete(objectId);
  }

  /** Drops cached image features. */
  dispose(): void {
    this.#features.clear();
    this.#objects.clear();
  }

  async #trackGroup(
    frame: number,
    group: { id: number; object: TrackedObject; request: AttentionRequest }[],
    features: ImageFeatures,
    results: Map<number, ObjectFrameResult>,
  ): Promise<void> {
    const batch = group.length;
    const pix: ConditionedFeatures = await this.#graphs.attend(features, this.#packer.pack(group.map((g) => g.request)));
    // Rule 3: a frame without prompts still feeds one empty point and its pad.
    const output = await this.#graphs.decode(features, pix, {
      batch,
      pointCount: 2,
      points: new Float32Array(batch * 4),
      labels: new Float32Array(batch * 2).fill(-1),
      maskPrompt: null,
      hasMask: new Float32Array(batch),
    });
    const multimask = usesMultimask(this.constants, 0, false);
    const stored = group.map(({ id, object, request }, index) => {
      const selected = selectMask(this.constants, output, index, multimask);
      const memory = this.#store(object.bank.recent, frame, selected);
      results.set(id, { objectId: id, logits: memory.logits, objectLogit: memory.objectLogit, iou: memory.iou, prompted: false });
      return { memory, request, ious: [...output.ious.subarray(index * 4, index * 4 + 4)] };
    });
    await this.#encodeMemory(
      features,
      stored.map((s) => s.memory),
      false,
    );
    stored.forEach(({ memory, request, ious }, index) => {
      this.onOutput?.(group[index]!.id, frame, memory, {
        ious,
        isMask: false,
        memories: request.memories.length,
        pointers: request.pointers.length,
      });
    });
  }

  async #encodeMemory(features: ImageFeatures, outputs: FrameMemory[], binarize: boolean): Promise<void> {
    const pixels = this.constants.logitSize ** 2;
    const logits = new Float32Array(outputs.length * pixels);
    outputs.forEach((output, index) => {
      logits.set(output.logits, index * pixels);
    });
    const encoded = await this.#graphs.encodeMemory(features, {
      batch: outputs.length,
      logits,
      binarize: new Float32Array(outputs.length).fill(binarize ? 1 : 0),
      objectLogit: Float32Array.from(outputs, (output) => output.objectLogit),
    });
    const slot = encoded.length / outputs.length;
    outputs.forEach((output, index) => {
      output.memory = roundToBf16(encoded.slice(index * slot, (index + 1) * slot));
    });
  }

  #store(into: Map<number, FrameMemory>, frame: number, selected: SelectedMask): FrameMemory {
    const memory: FrameMemory = {
      logits: selected.logits,
      objectLogit: selected.objectLogit,
      iou: selected.iou,
      pointer: selected.pointer,
      memory: null,
    };
    into.set(frame, memory);
    return memory;
  }

  #requestFor(object: TrackedObject, frame: number, reverse: boolean): AttentionRequest {
    return {
      memories: object.bank.memoriesFor(frame, reverse),
      pointers: object.bank.pointersFor(frame, reverse, this.#options.frameCount),
    };
  }

  /** Rules 6, 27 and 29: is this the frame's first prompt, in which direction was it tracked, and where does its output go. */
  #correctionOf(object: TrackedObject, frame: number): { isInitial: boolean; reverse: boolean; pending: Map<number, FrameMemory> } {
    const tracked = object.tracked.get(frame);
    // Without any conditioning frame left there is no memory to correct with.
    const isInitial = tracked === undefined || object.bank.conditioning.size === 0;
    const isConditioning = isInitial || this.#options.correctionsAreConditioning;
    return { isInitial, reverse: tracked?.reverse ?? false, pending: isConditioning ? object.pendingConditioning : object.pendingOther };
  }

  #ensureObject(objectId: number): TrackedObject {
    let object = this.#objects.get(objectId);
    if (!object) {
      object = {
        bank: new MemoryBank(this.constants, this.#options.history),
        points: new Map(),
        masks: new Map(),
        pendingConditioning: new Map(),
        pendingOther: new Map(),
        tracked: new TrackedFrames(),
      };
      this.#objects.set(objectId, object);
    }
    return object;
  }
}
