/** The open clip: one at a time, made of a file, a project or a live source, and closed for the next one. */
import { AppError } from '../../../shared/errors.ts';
import type { OpenedMedia } from '../../engine/api/media.ts';
import type { EngineModel } from '../../engine/api/protocol.ts';
import type { AppEngine } from '../engine-link/app-engine.ts';
import { isProjectFolder, type Project } from '../project/project.ts';
import type { Projects } from '../project/projects.ts';
import type { LiveLink } from '../session/live-link.ts';
import { type SessionEvents, SessionService, type SessionWork } from '../session/session-service.ts';
import type { Openings } from './openings.ts';

export interface OpenSessionHost {
  engine: AppEngine;
  /** Null until one is loaded. */
  model: () => EngineModel | null;
  projects: Projects;
  openings: Openings;
  events: SessionEvents;
  /** Whether a clip is one of the app's own, which every client may open. */
  isOwn: (path: string) => boolean;
  /** @throws AppError `not-allowed` for a path a client may not use */
  checkPath: (path: string) => Promise<void>;
  /** Ends what works on a session that is being closed. */
  release: (session: SessionService) => Promise<void>;
}

/** Makes the session's work of the project's. */
type Adopt = (media: OpenedMedia, project: Project | null) => Promise<SessionWork | null>;

export class OpenSession {
  readonly #host: OpenSessionHost;
  #current: SessionService | null = null;

  constructor(host: OpenSessionHost) {
    this.#host = host;
  }

  get current(): SessionService | null {
    return this.#current;
  }

  /** @throws AppError `session-unknown` when nothing is open */
  get required(): SessionService {
    if (!this.#current) throw new AppError('session-unknown', 'No clip is open. Open one first.');
    return this.#current;
  }

  /** @param path of a clip, or of a project's folder, which opens where it was left */
  open(path: string): Promise<SessionService> {
    return isProjectFolder(path) ? this.openProject(path) : this.openClip(path);
  }

  /** A clip with a new project, where projects are kept. */
  openClip(path: string, adopt?: Adopt): Promise<SessionService> {
    const { projects } = this.#host;
    return this.#open(path, projects.keeps ? (media) => projects.create(path, media) : null, adopt);
  }

  /** @throws AppError `source-missing` with `details.project` when the clip has to be shown again */
  async openProject(folder: string): Promise<SessionService> {
    const { projects, isOwn, checkPath } = this.#host;
    if (projects.isOpen(folder)) await this.close();
    const project = projects.open(folder);
    try {
      const clip = await project.findClip();
      if (!isOwn(clip)) await checkPath(clip);
      return await this.#open(clip, async () => project);
    } catch (error) {
      projects.release(project);
      throw error;
    }
  }

  /** A source that is live, which is kept by itself until it has become a clip. */
  openLive(title: string, media: OpenedMedia, work: SessionWork, link: LiveLink): Promise<SessionService> {
    return this.#use((...host) => SessionService.live(title, media, ...host, work, link));
  }

  /** @param isForGood the user closed it, so that it is not opened again at the next start */
  async close(isForGood = false): Promise<void> {
    const { projects, events, release } = this.#host;
    const session = this.#current;
    if (!session) return;
    await release(session);
    this.#current = null;
    await projects.close(isForGood);
    events.onClosed();
    events.onChange();
    await session.close();
  }

  async #open(
    path: string,
    makeProject: ((media: OpenedMedia) => Promise<Project>) | null,
    adopt: Adopt = async (_, project) => project,
  ): Promise<SessionService> {
    const { projects, openings, events } = this.#host;
    let project: Project | null = null;
    const adopted = async (media: OpenedMedia): Promise<SessionWork | null> => {
      project = makeProject ? await makeProject(media) : null;
      return adopt(media, project);
    };
    const session = await openings.run(path, (id) =>
      this.#use(
        (...host) => SessionService.open(path, ...host, adopted, id),
        (opened) => projects.use(project, opened),
      ),
    );
    for (const note of session.notes) events.onNote(note);
    return session;
  }

  async #use(
    make: (model: EngineModel, engine: () => AppEngine['peer'], events: SessionEvents) => SessionService | Promise<SessionService>,
    onUsed: (session: SessionService) => Promise<void> = async () => {},
  ): Promise<SessionService> {
    const { engine, model: loaded, events } = this.#host;
    const model = loaded();
    if (!model) throw new AppError('engine-lost', engine.state.message ?? 'The engine is still starting. Try again in a moment.');
    const session = await make(model, () => engine.peer, events);
    await this.close();
    this.#current = session;
    await onUsed(session);
    events.onChange();
    return session;
  }
}
