/**
 * The open sessions: clips, projects and live sources, any number of them. The engine holds a few; the one that was
 * idle the longest is put to sleep for the next, and wakes when it is needed.
 */
import { resolve } from 'node:path';
import type { Session, SessionSummary } from '../../../shared/contract/state.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Deinterlace } from '../../../shared/footage.ts';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import type { FrameMessage } from '../../../shared/wire.ts';
import type { OpenedMedia } from '../../engine/api/media.ts';
import type { EngineModel } from '../../engine/api/protocol.ts';
import type { LoadWatch } from '../base/model-user.ts';
import { StateStore } from '../base/state-store.ts';
import type { AppEngine } from '../engine-link/app-engine.ts';
import type { ModelService } from '../models/model-service.ts';
import { isProjectFolder, type Project } from '../project/project.ts';
import type { Projects } from '../project/projects.ts';
import type { ScratchMasks } from '../project/scratch-masks.ts';
import type { MaskStore } from '../results/mask-store.ts';
import type { ClipNote } from '../session/clip-notes.ts';
import { newWork, WorkHistory } from '../session/kept-work.ts';
import type { LiveLink } from '../session/live-link.ts';
import type { SessionDeps, SessionWork } from '../session/session-deps.ts';
import { SessionService } from '../session/session-service.ts';
import type { Openings } from './openings.ts';

export interface SessionsDeps {
  engine: AppEngine;
  models: () => ModelService;
  projects: Projects;
  /** Masks of clips without a project. */
  scratch: ScratchMasks;
  openings: Openings;
  /** How objects are remembered in sessions that do not say. */
  memory: () => MemorySettings;
  deinterlace: () => Deinterlace;
  /** How many sessions the engine holds at most. */
  mostAwake: () => number;
  /** Whether something runs on a session. */
  isBusy: (sessionId: string) => boolean;
  /** Whether a clip is one of the app's own, which every client may open. */
  isOwn: (path: string) => boolean;
  /** @throws AppError `not-allowed` for a path a client may not use */
  checkPath: (path: string) => Promise<void>;
  /** Ends what works on a session that is being closed. */
  release: (session: SessionService) => Promise<void>;
  /** The list of sessions has changed. */
  onChange: () => void;
  /** Something to know of a session. */
  onNote: (note: ClipNote, sessionId: string) => void;
  onClosed: (sessionId: string) => void;
}

/** Makes the session's work of the project's. */
type Adopt = (media: OpenedMedia, project: Project | null, newStore: () => MaskStore) => Promise<SessionWork | null>;

/** Work that goes with the session. */
const unkeptWork = (store: MaskStore): SessionWork => ({ store, kept: newWork, history: new WorkHistory(), save: () => {} });

interface Entry {
  session: SessionService;
  store: StateStore<Session>;
  replaces: string | null;
  /** It is the view of a stream: what runs on it is the stream's. */
  isStream: boolean;
  /** Clients have a tab for it. */
  isShown: boolean;
  /** When it was used last: a number that grows with every use. */
  usedAt: number;
}

export class Sessions {
  readonly #deps: SessionsDeps;
  /** In the order they were opened. */
  readonly #entries = new Map<string, Entry>();
  readonly #frames = new Set<(message: FrameMessage) => void>();
  #uses = 0;

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
  }

  get list(): SessionService[] {
    return [...this.#entries.values()].map(({ session }) => session);
  }

  get summaries(): SessionSummary[] {
    const shown = [...this.#entries.values()].filter(({ isShown }) => isShown);
    return shown.map(({ session, replaces, isStream }) => {
      const { id, title, path, isLive, isAsleep } = session;
      return { id, title, path, isLive, isStream, isAsleep, replaces };
    });
  }

  /** @throws AppError `session-unknown` */
  get(sessionId: string): SessionService {
    return this.#entry(sessionId).session;
  }

  /** As {@link get}, for the contract's methods: a session that is asked for something is in use. */
  readonly used = (sessionId: string): SessionService => {
    const entry = this.#entry(sessionId);
    entry.usedAt = ++this.#uses;
    return entry.session;
  };

  find(sessionId: string): SessionService | null {
    return this.#entries.get(sessionId)?.session ?? null;
  }

  /** The session that was opened last. @throws AppError `session-unknown` when none is open */
  get latest(): SessionService {
    const latest = [...this.#entries.values()].findLast(({ isShown }) => isShown)?.session;
    if (!latest) throw new AppError('session-unknown', 'No clip is open. Open one first.');
    return latest;
  }

  /** What clients see of that session; null when none is open. */
  get latestState(): Session | null {
    return [...this.#entries.values()].findLast(({ isShown }) => isShown)?.store.state ?? null;
  }

  /** What clients that look at a session mirror. */
  store(sessionId: string): StateStore<Session> {
    return this.#entry(sessionId).store;
  }

  /** Something that clients see of a session has changed outside it. */
  touch(sessionId: string): void {
    this.#entries.get(sessionId)?.store.touch();
  }

  /** Hears pushed pictures of all sessions. @returns unsubscribe */
  onFrame(listener: (message: FrameMessage) => void): () => void {
    this.#frames.add(listener);
    return () => this.#frames.delete(listener);
  }

  /**
   * @param path of a clip, or of a project's folder, which opens where it was left. What is open already is not opened
   *   twice.
   */
  async open(path: string, stream?: number): Promise<SessionService> {
    if (isProjectFolder(path)) return this.openProject(path);
    const absolute = resolve(path);
    const open = this.list.find(
      (session) => !session.isLive && session.path === absolute && (stream ?? session.media.stream) === session.media.stream,
    );
    return open ? this.used(open.id) : this.openClip(path, undefined, undefined, stream);
  }

  /**
   * As {@link open}, for whoever opens a clip to work on it: one that was worked on before goes on with its newest
   * project.
   *
   * @param isNew the clip gets a new project all the same
   */
  async openWork(path: string, isNew = false): Promise<SessionService> {
    const { projects, onNote } = this.#deps;
    const absolute = resolve(path);
    if (isNew && !isProjectFolder(path)) return this.openClip(path);
    const isOpen = this.list.some((session) => !session.isLive && session.path === absolute);
    const folder = isOpen || isProjectFolder(path) ? null : projects.newestOf(absolute);
    if (folder === null) return this.open(path);
    const session = await this.openProject(folder).catch((error: unknown) => {
      // Whatever is wrong with the project, the clip is there.
      if (AppError.from(error).code === 'cancelled') throw error;
      return this.open(path);
    });
    if (projects.of(session.id)?.folder === folder && session.edits.list.length > 0)
      onNote({ level: 'info', text: 'Your earlier work on this clip is open. File > New project starts over and keeps it.' }, session.id);
    return session;
  }

  /**
   * A clip with a new project, where projects are kept.
   * @param replaces the live session whose recording it is
   * @param stream video stream to open; by default the largest that moves
   */
  openClip(path: string, adopt?: Adopt, replaces?: SessionService, stream?: number): Promise<SessionService> {
    const { projects } = this.#deps;
    return this.#open(path, projects.keeps ? (media) => projects.create(path, media) : null, adopt, replaces, stream);
  }

  /** @throws AppError `source-missing` with `details.project` when the clip has to be shown again */
  async openProject(folder: string): Promise<SessionService> {
    const { projects, isOwn, checkPath } = this.#deps;
    const open = projects.sessionOf(folder);
    if (open) return this.used(open);
    const project = projects.open(folder);
    try {
      const clip = await project.findClip();
      if (!isOwn(clip)) await checkPath(clip);
      return await this.#open(clip, async () => project, undefined, null, project.file.source.stream);
    } catch (error) {
      projects.release(project);
      throw error;
    }
  }

  /** A source that is live, which is kept by itself until it has become a clip. */
  async openLive(title: string, media: OpenedMedia, work: SessionWork, link: LiveLink): Promise<SessionService> {
    const session: SessionService = SessionService.live(
      title,
      media,
      this.#sessionDeps(() => session.id),
      work,
      link,
    );
    await this.#add(session, null);
    return session;
  }

  /**
   * The view of a stream; it has a tab only while it is shown.
   * @param takesOver the view of the chapter before, which ends
   */
  async openStream(
    sessionId: string,
    title: string,
    media: OpenedMedia,
    work: SessionWork,
    link: LiveLink,
    takesOver: SessionService | null,
  ): Promise<SessionService> {
    const session: SessionService = SessionService.live(
      title,
      media,
      this.#sessionDeps(() => sessionId),
      work,
      link,
      sessionId,
    );
    const isShown = takesOver !== null && (this.#entries.get(takesOver.id)?.isShown ?? false);
    await this.#add(session, takesOver, { isStream: true, isShown });
    return session;
  }

  setShown(sessionId: string, isShown: boolean): void {
    const entry = this.#entries.get(sessionId);
    if (!entry || entry.isShown === isShown) return;
    entry.isShown = isShown;
    this.#deps.onChange();
  }

  /** @param isForGood the user closed it, so that it is not opened again at the next start */
  async close(sessionId: string, isForGood = false): Promise<void> {
    const { session } = this.#entry(sessionId);
    await this.#deps.release(session);
    await this.#drop(session, isForGood);
  }

  /** Opens all sessions on a fresh engine and gives it their prompts; those that clients look at first. */
  async replay(): Promise<void> {
    const entries = [...this.#entries.values()].sort((a, b) => b.usedAt - a.usedAt);
    // A stream begins a new chapter on a fresh engine.
    for (const { session, isStream } of entries) if (!isStream) await session.replay();
  }

  get hasResults(): boolean {
    return this.#clips.some((session) => session.objects.some(({ results }) => results.length > 0));
  }

  /** All sessions go on with another model, or none does. @throws AppError `cancelled` before anything has changed */
  async adoptModel(model: EngineModel, watch: LoadWatch): Promise<void> {
    const adopted: (() => void)[] = [];
    for (const session of this.#clips) adopted.push(await session.prepareModel(model, watch));
    for (const adopt of adopted) adopt();
  }

  async readoptModel(): Promise<void> {
    for (const session of this.#clips) await session.readoptModel();
  }

  /** Without the views of streams. */
  get #clips(): SessionService[] {
    return [...this.#entries.values()].flatMap(({ session, isStream }) => (isStream ? [] : [session]));
  }

  #entry(sessionId: string): Entry {
    const entry = this.#entries.get(sessionId);
    if (!entry) throw new AppError('session-unknown', 'This session is not open. Open its clip or project again.');
    return entry;
  }

  /** @param sessionId known at the latest when the session has changed for the first time */
  #sessionDeps(sessionId: () => string): SessionDeps {
    const { engine, models, memory, deinterlace, onNote } = this.#deps;
    return {
      engine: () => engine.peer,
      model: () => {
        const model = models().engineModel;
        if (!model) throw new AppError('engine-lost', engine.state.message ?? 'The engine is still starting. Try again in a moment.');
        return model;
      },
      memory,
      deinterlace,
      requireLoaded: () => models().requireLoaded(),
      onChange: () => this.#entries.get(sessionId())?.store.touch(),
      onFrame: (message) => {
        for (const listener of this.#frames) listener(message);
      },
      onNote: (note) => onNote(note, sessionId()),
    };
  }

  async #open(
    path: string,
    makeProject: ((media: OpenedMedia) => Promise<Project>) | null,
    adopt: Adopt = async (_, project) => project,
    replaces: SessionService | null = null,
    stream?: number,
  ): Promise<SessionService> {
    const { projects, scratch, openings, onNote } = this.#deps;
    const session = await openings.run(path, async (id) => {
      let project: Project | null = null;
      const newStore = (): MaskStore => scratch.newStore(id);
      const adopted = async (media: OpenedMedia): Promise<SessionWork> => {
        project = makeProject ? await makeProject(media) : null;
        return (await adopt(media, project, newStore)) ?? unkeptWork(newStore());
      };
      const opened = await SessionService.open(
        path,
        this.#sessionDeps(() => id),
        adopted,
        id,
        stream,
      );
      await this.#add(opened, replaces);
      await projects.use(project, opened);
      this.#deps.onChange();
      return opened;
    });
    for (const note of session.notes) onNote(note, session.id);
    return session;
  }

  async #add(
    session: SessionService,
    replaces: SessionService | null,
    { isStream, isShown }: Pick<Entry, 'isStream' | 'isShown'> = { isStream: false, isShown: true },
  ): Promise<void> {
    const { projects, onChange } = this.#deps;
    const store = new StateStore<Session>((revision) => session.view(revision, projects.of(session.id)?.view ?? null));
    this.#entries.set(session.id, { session, store, replaces: replaces?.id ?? null, isStream, isShown, usedAt: ++this.#uses });
    if (replaces) await this.#drop(replaces, true);
    onChange();
    await this.#letSleep();
  }

  async #drop(session: SessionService, isForGood: boolean): Promise<void> {
    this.#entries.delete(session.id);
    await this.#deps.projects.close(session.id, isForGood);
    this.#deps.onClosed(session.id);
    this.#deps.onChange();
    await session.close();
    this.#deps.scratch.release(session.id);
  }

  /** Puts sessions to sleep until the engine holds no more than it may; those that are idle the longest first. */
  async #letSleep(): Promise<void> {
    const awake = [...this.#entries.values()].filter(({ session }) => !session.isAsleep);
    const idle = awake
      .filter(({ session, store }) => !session.isLive && !store.isWatched && !this.#deps.isBusy(session.id))
      .sort((a, b) => a.usedAt - b.usedAt);
    const tooMany = Math.max(0, awake.length - this.#deps.mostAwake());
    for (const { session } of idle.slice(0, tooMany)) await session.sleep();
  }
}
