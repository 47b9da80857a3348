/**
 * One open clip and everything the user made of it: objects, prompts, results. It owns that state; the engine only
 * computes, and is given everything again when it had to be restarted.
 */
import { randomUUID } from 'node:crypto';
import { basename, resolve } from 'node:path';
import type { Session, TrackedObject } from '../../../shared/contract/state.ts';
import { AppError } from '../../../shared/errors.ts';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import type { ProjectState } from '../../../shared/project.ts';
import type { ReviewEntry } from '../../../shared/review.ts';
import type { FrameMessage } from '../../../shared/wire.ts';
import type { OpenedMedia, TrackOutcome } from '../../engine/api/media.ts';
import type { EngineModel, EnginePlanes, EngineResult, LiveFrameEvent, TrackedFrameEvent } from '../../engine/api/protocol.ts';
import type { LoadWatch } from '../base/model-user.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import { MaskStore } from '../results/mask-store.ts';
import { ReviewList } from '../results/review-list.ts';
import { TreeStore } from '../results/tree-store.ts';
import { type ClipNote, clipNotes } from './clip-notes.ts';
import { newWork } from './kept-work.ts';
import type { LiveLink } from './live-link.ts';
import { PromptReplay } from './prompt-replay.ts';
import { openClip, type RunUnderWay, type SessionDeps, type SessionWork } from './session-deps.ts';
import { SessionEdits } from './session-edits.ts';
import { SessionTracking, type TrackRequest } from './session-tracking.ts';

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
  readonly #deps: SessionDeps;
  readonly #replay: PromptReplay;
  readonly #tracking: SessionTracking;
  /** While its source is live. */
  readonly #live: LiveLink | null;
  readonly #review: ReviewList;
  /** The session's own choice; null = as the settings say. */
  #memory: MemorySettings | null = null;
  #run: RunUnderWay | null = null;
  #isAsleep = false;
  #waking: Promise<void> | null = null;

  private constructor(
    path: string,
    media: OpenedMedia,
    deps: SessionDeps,
    id: string,
    work: SessionWork | null,
    live: LiveLink | null = null,
  ) {
    const engine = (): EnginePeer => deps.engine();
    this.#live = live;
    this.path = path;
    this.media = media;
    this.#model = deps.model();
    this.#deps = deps;
    this.id = id;
    this.#replay = new PromptReplay({
      sessionId: id,
      engine,
      objects: () => this.edits.list,
      onRefused: (object, frame, { message }) =>
        deps.onNote({
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
        onFrame: (frame) => deps.onFrame(this.#message(0, frame, noPlanes)),
        onChange: () => deps.onChange(),
        onWork: (kept, step) => work?.save(kept, step),
      },
      work?.kept ?? newWork,
      work?.history,
    );
    this.#tracking = new SessionTracking({
      ...{ sessionId: id, engine, edits: this.edits, store: this.store, trees: this.trees, size: media },
      show: (frame, picture) => deps.onFrame(this.#message(0, frame, picture ?? noPlanes)),
      onChange: () => deps.onChange(),
    });
    this.#review = new ReviewList({ store: this.store, trees: this.trees, size: media, isBusy: () => this.#run !== null || live !== null });
  }

  /** @throws AppError `source-*` for what is no video; `cancelled` when the engine is told to cancel the id */
  static async open(
    path: string,
    deps: SessionDeps,
    work: (media: OpenedMedia) => Promise<SessionWork | null> = async () => null,
    id: string = randomUUID(),
    stream?: number,
  ): Promise<SessionService> {
    const absolute = resolve(path);
    const media = await openClip(deps, id, absolute, stream);
    const session = new SessionService(absolute, media, deps, id, await work(media));
    session.#replay.begin();
    return session;
  }

  /**
   * A session whose source is live: it begins with nothing, and `media` grows.
   * @param title what is shown for a path
   */
  static live(
    title: string,
    media: OpenedMedia,
    deps: SessionDeps,
    work: SessionWork,
    live: LiveLink,
    id: string = randomUUID(),
  ): SessionService {
    return new SessionService(title, media, deps, id, work, live);
  }

  /** What has to be known of the clip, though it can be used. */
  get notes(): ClipNote[] {
    return clipNotes(this.media);
  }

  get model(): EngineModel {
    return this.#model;
  }

  /** How objects are remembered in the next run. */
  get memory(): MemorySettings {
    return this.#memory ?? this.#deps.memory();
  }

  /** From the next run on; what runs now goes on as it began. */
  setMemory(memory: MemorySettings): void {
    this.#memory = memory;
    this.#deps.onChange();
  }

  get isLive(): boolean {
    return this.#live !== null;
  }

  /** @param what has to wait, as the subject of a sentence @throws AppError `busy` while the source is live */
  requireClip(what: string): void {
    if (this.#live)
      throw new AppError('busy', `${what} after the live source has ended. Stop it first; the recording then opens as a clip.`);
  }

  get title(): string {
    return this.#live ? this.path : basename(this.path);
  }

  /** @param revision of this view @param project where the work is kept */
  view(revision: number, project: ProjectState | null): Session {
    const { objects } = this;
    const { width, height, frameCount, durationMs, averageFps, isVariableFrameRate, hasAudio, codec } = this.media;
    const { id, name, imageSize, provider, providerReason } = this.model;
    return {
      id: this.id,
      revision,
      media: {
        ...{ name: this.title, path: this.path, width, height, frameCount, durationMs },
        ...{ averageFps, isVariableFrameRate, hasAudio, codec },
      },
      model: { id, name, imageSize, provider, providerReason },
      objects,
      memory: this.trees.view(this.memory),
      review: this.#reviewOf(objects),
      history: this.edits.labels,
      marks: this.edits.work.marks,
      position: this.edits.work.position,
      live: this.#live?.view() ?? null,
      project,
    };
  }

  /** What of the results deserves a look, worst first. */
  get review(): ReviewEntry[] {
    return this.#reviewOf(this.objects);
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

  /** The user rests on a frame: the engine encodes it before a first click there. What fails is said by the click. */
  prefetchFrame(frame: number): void {
    // A live frame is encoded as it is tracked, and a run has the engine to itself.
    if (this.#isAsleep || this.#run || this.#live) return;
    try {
      this.#deps
        .engine()
        .call('prefetchFrame', { sessionId: this.id, frame })
        .catch(() => {});
    } catch {
      // The engine is being restarted.
    }
  }

  /**
   * Does something to objects or prompts, also while a run is under way.
   * @throws AppError `busy` while a model is loaded
   */
  async edit<T>(work: (edits: SessionEdits) => Promise<T>): Promise<T> {
    this.#deps.requireLoaded();
    const edit = (): Promise<T> => work(this.edits);
    return this.#run ? this.#run.pauseFor(edit) : edit();
  }

  /** Changes the list of objects or the marks, behind the edits that are under way. */
  inOrder<T>(work: (edits: SessionEdits) => T): Promise<T> {
    const change = (): Promise<T> => this.edits.afterOthers(() => work(this.edits));
    return this.#run ? this.#run.afterEdits(change) : change();
  }

  /** Says which run edits have to go along with. @returns called when it has ended */
  beginRun(run: RunUnderWay): () => void {
    this.#run = run;
    return () => {
      if (this.#run === run) this.#run = null;
      this.#deps.onChange();
    };
  }

  /** Resolves when the engine has the clip open and knows every prompt. */
  async ready(): Promise<void> {
    await this.wake();
    await this.#replay.done();
  }

  /** The engine has let go of the clip. Prompts and results are kept here. */
  get isAsleep(): boolean {
    return this.#isAsleep;
  }

  /** Has the engine let go of the clip, to save its memory. */
  async sleep(): Promise<void> {
    if (this.#isAsleep || this.#live || this.#run) return;
    this.#isAsleep = true;
    this.#replay.stop();
    this.#deps.onChange();
    await this.#deps
      .engine()
      .call('close', { sessionId: this.id })
      .catch(() => {});
  }

  /** Opens a clip that is asleep again; its prompts are given to the engine beside whatever comes next. */
  async wake(): Promise<void> {
    if (!this.#isAsleep) return this.#waking ?? undefined;
    this.#isAsleep = false;
    this.#waking = this.#reopen().catch((error: unknown) => {
      this.#isAsleep = true;
      throw error;
    });
    try {
      await this.#waking;
    } finally {
      this.#waking = null;
      this.#deps.onChange();
    }
  }

  async #reopen(): Promise<void> {
    const model = this.#deps.model();
    await openClip(this.#deps, this.id, this.path, this.media.stream);
    const isOther = model.id !== this.#model.id || model.imageSize !== this.#model.imageSize;
    // Frames with prompts get the masks of the model that became the active one meanwhile.
    if (isOther) (await this.prepareModel(model))();
    else this.#replay.begin();
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
    await this.wake();
    const request = { sessionId: this.id, frame, viewer, until: until ?? null, maxWidth, maxHeight };
    const picture = await this.#deps.engine().call('readFrame', request);
    return this.#message(requestId, picture.frame, picture);
  }

  /** Opens the clip on a fresh engine and begins to give it all prompts; results are kept as they are. */
  async replay(): Promise<void> {
    if (this.#isAsleep) return;
    if (this.#live) await this.#live.resume();
    else await openClip(this.#deps, this.id, this.path, this.media.stream);
    this.#replay.begin();
    if (!this.#live) return;
    await this.#replay.done();
    await this.#live.resumed();
  }

  /**
   * Gives all prompts to a model that the engine has loaded in the place of another. What was tracked stays until it is
   * tracked again.
   * @returns makes the session go on with it: frames with prompts get its masks
   * @throws AppError `cancelled` before anything has changed
   */
  async prepareModel(model: EngineModel, watch?: LoadWatch): Promise<() => void> {
    if (this.#isAsleep) return () => {};
    const results: [number, EngineResult][] = [];
    await this.#replay.giveToModel((frame, result) => results.push([frame, result]), watch);
    return () => {
      this.#model = model;
      for (const [frame, result] of results) {
        this.store.put(frame, result);
        this.#deps.onFrame(this.#message(0, frame, noPlanes));
      }
      this.#deps.onChange();
    };
  }

  /** The engine has the model again that the masks are of. */
  async readoptModel(): Promise<void> {
    if (!this.#isAsleep) await this.#replay.giveToModel(() => {});
  }

  async close(): Promise<void> {
    this.#replay.stop();
    await this.#deps
      .engine()
      .call('close', { sessionId: this.id })
      .catch(() => {});
  }

  #reviewOf(objects: readonly TrackedObject[]): ReviewEntry[] {
    return this.#review.entries(objects, this.edits.work.reviewed);
  }

  #message(requestId: number, frame: number, picture: EnginePlanes): FrameMessage {
    const { colorSpace, fullRange } = this.media;
    const { width, height, planes } = picture;
    return {
      sessionId: this.id,
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
