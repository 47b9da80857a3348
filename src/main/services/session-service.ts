/**
 * One open clip and everything the user made of it: objects, prompts, results. It owns that state; the engine only computes, and
 * is given everything again when it had to be restarted.
 */
import { randomUUID } from 'node:crypto';
import { basename, resolve } from 'node:path';
import type { Session, TrackDirection, TrackedObject } from '../../shared/contract.ts';
import { AppError } from '../../shared/errors.ts';
import { defaultMemorySettings, type MemorySettings } from '../../shared/memory-settings.ts';
import { objectColor } from '../../shared/object-colors.ts';
import { type Box, type CompressedMask, type FramePrompt, isEmptyPrompt, type PromptPoint } from '../../shared/prompts.ts';
import type { FrameMessage } from '../../shared/wire.ts';
import type { OpenedMedia, TrackOutcome } from '../engine/engine.ts';
import type { EngineModel, EnginePlanes, EngineResult, TrackedFrameEvent } from '../engine/protocol.ts';
import type { EnginePeer } from './engine-host.ts';
import { MaskStore } from './mask-store.ts';
import { TreeStore } from './tree-store.ts';

interface ObjectRecord {
  id: number;
  name: string;
  color: string;
  visible: boolean;
  /** By frame, in the order the user first prompted each. */
  prompts: Map<number, FramePrompt>;
}

export interface TrackRequest {
  direction: TrackDirection;
  from?: number | undefined;
  to?: number | undefined;
  objectIds?: number[] | undefined;
  /** How objects are remembered; default: one path, as SAM 2. */
  memory?: MemorySettings | undefined;
  /** Send pictures to the window, at most this large. */
  display: { width: number; height: number } | null;
}

export interface SessionEvents {
  /** Something a client mirrors has changed. */
  onChange(): void;
  /** A picture or overlays for whoever looks at this frame. */
  onFrame(message: FrameMessage): void;
}

const noPlanes = { width: 0, height: 0, planes: new Uint8Array(0) };

export class SessionService {
  readonly id: string;
  readonly path: string;
  readonly media: OpenedMedia;
  #model: EngineModel;
  readonly store = new MaskStore();
  readonly trees = new TreeStore();
  readonly #objects = new Map<number, ObjectRecord>();
  readonly #events: SessionEvents;
  readonly #onTracked = new Map<string, (event: TrackedFrameEvent) => void>();
  #engine: () => EnginePeer;
  #nextObjectId = 1;

  private constructor(path: string, media: OpenedMedia, model: EngineModel, engine: () => EnginePeer, events: SessionEvents, id: string) {
    this.path = path;
    this.media = media;
    this.#model = model;
    this.#engine = engine;
    this.#events = events;
    this.id = id;
  }

  /** @throws AppError `source-*` for what can't be opened as a video */
  static async open(path: string, model: EngineModel, engine: () => EnginePeer, events: SessionEvents): Promise<SessionService> {
    const id = randomUUID();
    const absolute = resolve(path);
    const media = await engine().call('open', { sessionId: id, path: absolute });
    return new SessionService(absolute, media, model, engine, events, id);
  }

  get model(): EngineModel {
    return this.#model;
  }

  /** @param memory how objects will be remembered in the next run */
  view(memory: MemorySettings): Session {
    const { width, height, frameCount, durationMs, averageFps, isVariableFrameRate, hasAudio, codec } = this.media;
    const { id, name, imageSize, provider, providerReason } = this.model;
    return {
      id: this.id,
      media: {
        name: basename(this.path),
        path: this.path,
        width,
        height,
        frameCount,
        durationMs,
        averageFps,
        isVariableFrameRate,
        hasAudio,
        codec,
      },
      model: { id, name, imageSize, provider, providerReason },
      objects: this.objects,
      memory: this.trees.view(memory),
    };
  }

  get objects(): TrackedObject[] {
    return [...this.#objects.values()].map(({ prompts, ...object }) => ({
      ...object,
      prompts: [...prompts.values()],
      results: this.store.ranges(object.id),
    }));
  }

  timeMs(frame: number): number {
    const { num, den } = this.media.timeBase;
    return (((this.media.ptsTicks[frame] ?? 0) - (this.media.ptsTicks[0] ?? 0)) * num * 1000) / den;
  }

  addObject(name?: string): number {
    const id = this.#nextObjectId++;
    this.#objects.set(id, { id, name: name ?? `Object ${id}`, color: objectColor(id), visible: true, prompts: new Map() });
    this.#events.onChange();
    return id;
  }

  updateObject(objectId: number, change: { name?: string | undefined; color?: string | undefined; visible?: boolean | undefined }): void {
    const object = this.#object(objectId);
    if (change.color !== undefined && !/^#[0-9a-f]{6}$/.test(change.color))
      throw new AppError('bad-request', `"${change.color}" is not a colour. Use #rrggbb.`);
    object.name = change.name ?? object.name;
    object.color = change.color ?? object.color;
    object.visible = change.visible ?? object.visible;
    this.#events.onChange();
  }

  async removeObject(objectId: number): Promise<void> {
    this.#object(objectId);
    this.#objects.delete(objectId);
    this.store.removeObject(objectId);
    this.trees.removeObject(objectId);
    this.#events.onChange();
    await this.#engine().call('removeObject', { sessionId: this.id, objectId });
  }

  /** Replaces the points and box of an object on a frame and computes its mask. Nothing left = the frame's prompts are cleared. */
  async setPoints(objectId: number, frame: number, points: PromptPoint[], box: Box | null): Promise<void> {
    const object = this.#object(objectId);
    this.#checkFrame(frame);
    const prompt: FramePrompt = { frame, points, box, mask: null };
    if (isEmptyPrompt(prompt)) return this.clearPrompts(objectId, frame);
    this.#checkInside(prompt);
    const result = await this.#engine().call('setPoints', {
      sessionId: this.id,
      objectId,
      frame,
      points,
      box,
      prior: this.store.priorLogits(objectId, frame, this.#model.logitSize),
    });
    object.prompts.set(frame, prompt);
    this.store.put(frame, result);
    this.trees.settle(objectId, frame);
    this.#changed(frame);
  }

  /** Sets an object's mask on a frame. */
  async setMask(objectId: number, frame: number, mask: CompressedMask): Promise<void> {
    const object = this.#object(objectId);
    this.#checkFrame(frame);
    const result = await this.#engine().call('setMask', { sessionId: this.id, objectId, frame, mask });
    object.prompts.set(frame, { frame, points: [], box: null, mask });
    this.store.put(frame, result);
    this.trees.settle(objectId, frame);
    this.#changed(frame);
  }

  async clearPrompts(objectId: number, frame: number): Promise<void> {
    const object = this.#object(objectId);
    await this.#engine().call('clearPrompts', { sessionId: this.id, objectId, frame });
    object.prompts.delete(frame);
    // A mask that came from this prompt alone goes with it; a tracked one stays until it is tracked again.
    if (object.prompts.size === 0 || this.store.get(objectId, frame)?.prompted) this.store.remove(objectId, frame);
    this.#changed(frame);
  }

  async track(runId: string, request: TrackRequest, onProgress: (event: TrackedFrameEvent) => void): Promise<TrackOutcome> {
    const { direction, from, to, objectIds, memory, display } = request;
    this.#onTracked.set(runId, onProgress);
    try {
      return await this.#engine().call('track', {
        sessionId: this.id,
        runId,
        direction,
        from: from ?? null,
        to: to ?? null,
        objectIds: objectIds ?? null,
        memory: memory ?? defaultMemorySettings,
        display,
      });
    } finally {
      this.#onTracked.delete(runId);
    }
  }

  /** A frame came out of a running track; its results are kept before anybody is told. */
  onTrackedFrame(event: TrackedFrameEvent): void {
    const onProgress = this.#onTracked.get(event.runId);
    if (!onProgress) return;
    const isKnown = ({ objectId }: { objectId: number }): boolean => this.#objects.has(objectId);
    const results = event.results.filter(isKnown);
    for (const result of results) this.store.put(event.frame, result);
    const amended = event.memory.amended.filter(({ result }) => isKnown(result));
    for (const { frame, result } of amended) this.store.put(frame, result);
    this.trees.put(
      event.frame,
      results.map(({ objectId }) => objectId),
      event.memory,
    );
    for (const frame of new Set(amended.map((earlier) => earlier.frame))) this.#events.onFrame(this.#message(0, frame, noPlanes));
    if (event.picture) this.#events.onFrame(this.#message(0, event.frame, event.picture));
    onProgress(event);
    this.#events.onChange();
  }

  /** The picture of a frame with what is known of the objects on it. */
  async frameMessage(requestId: number, frame: number, maxWidth: number, maxHeight: number): Promise<FrameMessage> {
    const picture = await this.#engine().call('readFrame', { sessionId: this.id, frame, maxWidth, maxHeight });
    return this.#message(requestId, frame, picture);
  }

  /** Opens the clip and gives all prompts again on a fresh engine; results are kept as they are. */
  async replay(): Promise<void> {
    await this.#engine().call('open', { sessionId: this.id, path: this.path });
    await this.#replayPrompts(() => {});
  }

  /**
   * Goes on with another model that the engine has loaded: it is given all prompts, and frames with prompts get its masks. What
   * was tracked stays until it is tracked again.
   */
  async adoptModel(model: EngineModel): Promise<void> {
    const results: [number, EngineResult][] = [];
    await this.#replayPrompts((frame, result) => results.push([frame, result]));
    this.#model = model;
    for (const [frame, result] of results) {
      this.store.put(frame, result);
      this.#changed(frame);
    }
    this.#events.onChange();
  }

  async #replayPrompts(onResult: (frame: number, result: EngineResult) => void): Promise<void> {
    const engine = this.#engine();
    const sessionId = this.id;
    for (const { id: objectId, prompts } of this.#objects.values()) {
      for (const { frame, points, box, mask } of prompts.values()) {
        onResult(
          frame,
          mask
            ? await engine.call('setMask', { sessionId, objectId, frame, mask })
            : await engine.call('setPoints', { sessionId, objectId, frame, points, box, prior: null }),
        );
      }
    }
  }

  async close(): Promise<void> {
    await this.#engine()
      .call('close', { sessionId: this.id })
      .catch(() => {});
  }

  #message(requestId: number, frame: number, picture: EnginePlanes): FrameMessage {
    const { colorSpace, fullRange } = this.media;
    const { width, height, planes } = picture;
    return {
      requestId,
      frame,
      timeMs: this.timeMs(frame),
      width,
      height,
      colorSpace,
      fullRange,
      planes,
      overlays: this.store.overlays(frame, [...this.#objects.keys()]),
    };
  }

  #changed(frame: number): void {
    this.#events.onFrame(this.#message(0, frame, noPlanes));
    this.#events.onChange();
  }

  #object(objectId: number): ObjectRecord {
    const object = this.#objects.get(objectId);
    if (!object) throw new AppError('object-unknown', `There is no object ${objectId}. It may have been deleted in another window.`);
    return object;
  }

  #checkFrame(frame: number): void {
    const { frameCount } = this.media;
    if (frame >= frameCount) {
      throw new AppError('frame-out-of-range', `Frame ${frame} does not exist: the clip has frames 0 to ${frameCount - 1}.`, {
        details: { frame, frameCount },
      });
    }
  }

  #checkInside(prompt: FramePrompt): void {
    const { width, height } = this.media;
    for (const { x, y } of prompt.points) {
      if (x < 0 || y < 0 || x >= width || y >= height) {
        throw new AppError(
          'prompt-outside-frame',
          `The point ${x},${y} is outside the frame, which is ${width} x ${height} px. Choose a point inside it.`,
        );
      }
    }
    const { box } = prompt;
    if (box && (box.x >= width || box.y >= height || box.x + box.width <= 0 || box.y + box.height <= 0)) {
      throw new AppError(
        'prompt-outside-frame',
        `The box ${box.x},${box.y},${box.width},${box.height} is outside the frame, which is ${width} x ${height} px. Choose one inside it.`,
      );
    }
  }
}
