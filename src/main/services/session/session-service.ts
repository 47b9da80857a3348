/**
 * One open clip and everything the user made of it: objects, prompts, results. It owns that state; the engine only computes, and
 * is given everything again when it had to be restarted.
 */
import { randomUUID } from 'node:crypto';
import { basename, resolve } from 'node:path';
import type { Session, TrackedObject } from '../../../shared/contract.ts';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import type { Box, CompressedMask, PromptPoint } from '../../../shared/prompts.ts';
import type { FrameMessage } from '../../../shared/wire.ts';
import type { OpenedMedia, TrackOutcome } from '../../engine/api/media.ts';
import type { EngineModel, EnginePlanes, EngineResult, LiveFrameEvent, TrackedFrameEvent } from '../../engine/api/protocol.ts';
import type { EnginePeer } from '../engine-link/engine-process.ts';
import type { LoadWatch } from '../models/active-model.ts';
import { MaskStore } from '../results/mask-store.ts';
import { type TreeLog, TreeStore } from '../results/tree-store.ts';
import { type ClipNote, clipNotes } from './clip-notes.ts';
import { type KeptWork, newWork, type WorkHistory, type WorkStep } from './kept-work.ts';
import type { LiveLink } from './live-link.ts';
import type { ObjectChange } from './object-list.ts';
import { PromptReplay } from './prompt-replay.ts';
import { SessionEdits } from './session-edits.ts';
import { SessionTracking, type TrackRequest } from './session-tracking.ts';

/** Work that is kept, and where. */
export interface SessionWork {
  store: MaskStore;
  kept: KeptWork;
  /** The steps that led to it. */
  history: WorkHistory;
  /** What the memories told, kept with it. */
  trees?: TreeLog;
  /** Called on every change; returns when it is on its way to the disk. @param step null = no step of the history */
  save(kept: KeptWork, step: WorkStep | null): void;
}

export interface SessionEvents {
  /** Something a client mirrors has changed. */
  onChange(): void;
  /** A picture or overlays for whoever looks at this frame. */
  onFrame(message: FrameMessage): void;
  /** Something went wrong that stops nothing. */
  onNote(note: ClipNote): void;
  /** The clip is not open any more. */
  onClosed(): void;
}

const noPlanes = { width: 0, height: 0, planes: new Uint8Array(0) };

export class SessionService {
  readonly id: string;
  readonly path: string;
  readonly media: OpenedMedia;
  #model: EngineModel;
  readonly store: MaskStore;
  readonly trees: TreeStore;
  /** What the user does to objects and prompts, and undo. */
  readonly edits: SessionEdits;
  readonly #events: SessionEvents;
  readonly #replay: PromptReplay;
  readonly #tracking: SessionTracking;
  /** While its source is live. */
  readonly #live: LiveLink | null;
  #engine: () => EnginePeer;

  private constructor(
    path: string,
    media: OpenedMedia,
    model: EngineModel,
    engine: () => EnginePeer,
    events: SessionEvents,
    id: string,
    work: SessionWork | null,
    live: LiveLink | null = null,
  ) {
    this.#live = live;
    this.path = path;
    this.media = media;
    this.#model = model;
    this.#engine = engine;
    this.#events = events;
    this.id = id;
    this.#replay = new PromptReplay({
      sessionId: id,
      engine,
      objects: () => this.edits.list,
      onRefused: (object, frame, { message }) =>
        events.onNote({
          level: 'warning',
          text: `The prompt of ${object} on frame ${frame + 1} can't be used for tracking: ${message}`,
        }),
    });
    this.store = work?.store ?? new MaskStore();
    this.trees = new TreeStore(() => this.edits.list, work?.trees);
    this.edits = new SessionEdits(
      {
        sessionId: id,
        media,
        store: this.store,
        engine,
        isReady: () => this.ready(),
        logitSize: () => this.#model.logitSize,
        onFrame: (frame) => events.onFrame(this.#message(0, frame, noPlanes)),
        onChange: () => events.onChange(),
        onWork: (kept, step) => work?.save(kept, step),
      },
      work?.kept ?? newWork,
      work?.history,
    );
    this.#tracking = new SessionTracking({
      ...{ sessionId: id, engine, edits: this.edits, store: this.store, trees: this.trees },
      show: (frame, picture) => events.onFrame(this.#message(0, frame, picture ?? noPlanes)),
      onChange: () => events.onChange(),
    });
  }

  /** @throws AppError `source-*` for what can't be opened as a video; `cancelled` when the engine is told to cancel the id */
  static async open(
    path: string,
    model: EngineModel,
    engine: () => EnginePeer,
    events: SessionEvents,
    work: (media: OpenedMedia) => Promise<SessionWork | null> = async () => null,
    id: string = randomUUID(),
  ): Promise<SessionService> {
    const absolute = resolve(path);
    const media = await engine().call('open', { sessionId: id, path: absolute });
    const session = new SessionService(absolute, media, model, engine, events, id, await work(media));
    session.#replay.begin();
    return session;
  }

  /** A session whose source is live: it begins with nothing, and `media` grows. @param title what is shown for a path */
  static live(
    title: string,
    media: OpenedMedia,
    model: EngineModel,
    engine: () => EnginePeer,
    events: SessionEvents,
    work: SessionWork,
    live: LiveLink,
  ): SessionService {
    return new SessionService(title, media, model, engine, events, randomUUID(), work, live);
  }

  /** What has to be known of the clip, though it can be used. */
  get notes(): ClipNote[] {
    return clipNotes(this.media);
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
        name: this.#live ? this.path : basename(this.path),
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
      history: this.edits.labels,
      marks: this.edits.work.marks,
      position: this.edits.work.position,
      live: this.#live?.view() ?? null,
    };
  }

  get objects(): TrackedObject[] {
    return this.edits.view;
  }

  timeMs(frame: number): number {
    const { num, den } = this.media.timeBase;
    return (((this.media.ptsTicks[frame] ?? 0) - (this.media.ptsTicks[0] ?? 0)) * num * 1000) / den;
  }

  /** Times of frames `from` to `to` in ms from the first frame; at most 10,000. */
  frameTimes(from: number, to: number): number[] {
    const last = Math.min(to, this.media.frameCount - 1, from + 9_999);
    return Array.from({ length: Math.max(0, last - from + 1) }, (_, i) => this.timeMs(from + i));
  }

  /** The user rests on a frame: the engine makes ready what a first click there needs. What fails is said by the click. */
  attend(frame: number): void {
    try {
      this.#engine()
        .call('attend', { sessionId: this.id, frame })
        .catch(() => {});
    } catch {
      // The engine is being restarted.
    }
  }

  addObject(name?: string): number {
    return this.edits.addObject(name);
  }

  updateObject(objectId: number, change: ObjectChange): void {
    this.edits.updateObject(objectId, change);
  }

  removeObject(objectId: number): Promise<void> {
    return this.edits.removeObject(objectId);
  }

  /** Replaces the points and box of an object on a frame and computes its mask. Nothing left = the frame's prompts are cleared. */
  setPoints(objectId: number, frame: number, points: PromptPoint[], box: Box | null): Promise<void> {
    return this.edits.setPoints(objectId, frame, points, box);
  }

  /** Sets an object's mask on a frame. */
  setMask(objectId: number, frame: number, mask: CompressedMask): Promise<void> {
    return this.edits.setMask(objectId, frame, mask);
  }

  clearPrompts(objectId: number, frame: number): Promise<void> {
    return this.edits.clearPrompts(objectId, frame);
  }

  /** Resolves when the engine knows what the user marked. */
  ready(): Promise<void> {
    return this.#replay.done();
  }

  /** Resolves when the run has ended. @param onProgress told of a frame when its results are kept */
  track(runId: string, request: TrackRequest, onProgress: (event: TrackedFrameEvent) => void): Promise<TrackOutcome> {
    return this.#tracking.track(runId, request, onProgress);
  }

  /** A frame came out of a running track. */
  onTrackedFrame(event: TrackedFrameEvent): void {
    this.#tracking.onTrackedFrame(event);
  }

  /** A live source has a new frame, or an earlier one was tracked again. */
  onLiveFrame(event: LiveFrameEvent): void {
    this.#tracking.onLiveFrame(event);
  }

  /**
   * The picture of a frame with what is known of the objects on it.
   * @param until any frame before it will do as well
   * @param viewer who looks; a newer request of the same viewer makes an older one end with `cancelled`
   */
  async frameMessage(
    requestId: number,
    frame: number,
    maxWidth: number,
    maxHeight: number,
    until?: number,
    viewer = 0,
  ): Promise<FrameMessage> {
    const request = { sessionId: this.id, frame, viewer, until: until ?? null, maxWidth, maxHeight };
    const picture = await this.#engine().call('readFrame', request);
    return this.#message(requestId, picture.frame, picture);
  }

  /** Opens the clip on a fresh engine and begins to give it all prompts; results are kept as they are. */
  async replay(): Promise<void> {
    if (this.#live) await this.#live.resume();
    else await this.#engine().call('open', { sessionId: this.id, path: this.path });
    this.#replay.begin();
    if (!this.#live) return;
    await this.#replay.done();
    await this.#live.resumed();
  }

  /**
   * Goes on with another model that the engine has loaded: it is given all prompts, and frames with prompts get its masks. What
   * was tracked stays until it is tracked again.
   * @throws AppError `cancelled` before anything is another
   */
  async adoptModel(model: EngineModel, watch: LoadWatch): Promise<void> {
    const results: [number, EngineResult][] = [];
    await this.#replay.giveToModel((frame, result) => results.push([frame, result]), watch);
    this.#model = model;
    for (const [frame, result] of results) {
      this.store.put(frame, result);
      this.#events.onFrame(this.#message(0, frame, noPlanes));
    }
    this.#events.onChange();
  }

  /** The engine has the model again that the masks are of. */
  async readoptModel(): Promise<void> {
    await this.#replay.giveToModel(() => {});
  }

  async close(): Promise<void> {
    this.#replay.stop();
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
      overlays: this.store.overlays(
        frame,
        this.edits.list.map(({ id }) => id),
      ),
    };
  }
}
