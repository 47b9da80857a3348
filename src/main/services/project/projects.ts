/** The projects of a host: one a session, and those that were open. Without a data folder nothing is kept. */
import { writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { encode as encodePng } from 'fast-png';
import type { AppError } from '../../../shared/errors.ts';
import { yuvToRgb } from '../../common/yuv-to-rgb.ts';
import type { OpenedMedia } from '../../engine/api/media.ts';
import type { SessionService } from '../session/session-service.ts';
import { Project, projectFilePath } from './project.ts';
import { Recents } from './recents.ts';

const thumbnailName = 'thumbnail.png';
const thumbnailSize = { width: 192, height: 108 };

export interface ProjectsDeps {
  /** Whether a clip was recorded, fetched or uploaded by the app: its project is the way to it. */
  isOwn(clip: string): boolean;
  onChange(): void;
  notify(level: 'info' | 'warning' | 'error', text: string): void;
}

export class Projects {
  readonly recents: Recents;
  readonly keeps: boolean;
  readonly #parent: string;
  readonly #appVersion: string;
  readonly #deps: ProjectsDeps;
  /** By session. */
  readonly #open = new Map<string, Project>();

  /** @param dataDir null = nothing is kept */
  constructor(dataDir: string | null, appVersion: string, deps: ProjectsDeps) {
    this.keeps = dataDir !== null;
    this.#parent = join(dataDir ?? '.', 'projects');
    this.recents = new Recents(dataDir);
    this.#appVersion = appVersion;
    this.#deps = deps;
  }

  /** Where a session's work is kept. */
  of(sessionId: string): Project | null {
    return this.#open.get(sessionId) ?? null;
  }

  /** The session that works on a project's folder. */
  sessionOf(folder: string): string | null {
    const path = resolve(folder);
    return [...this.#open].find(([, project]) => project.folder === path)?.[0] ?? null;
  }

  async load(): Promise<void> {
    if (this.keeps) await this.recents.load();
  }

  /**
   * What points to clips, by name: the text of each project.json of the app's folder and of the recents, and the
   * recents' own.
   */
  async pointers(): Promise<{ name: string; text: string }[]> {
    const own = (await readdir(this.#parent).catch(() => [])).map((name) => join(this.#parent, name));
    const recents = this.recents.list.map(({ name, source }) => ({ name, text: source }));
    const folders = new Set([...own, ...this.recents.list.map(({ path }) => path)]);
    const files = [...folders].map(async (folder) => {
      const text = await readFile(projectFilePath(folder), 'utf8').catch(() => '');
      // A damaged one still says what it points to.
      return { name: /"name": *"([^"]*)"/.exec(text)?.[1] ?? basename(folder), text };
    });
    return [...recents, ...(await Promise.all(files))];
  }

  /** The folder of the project on a clip that was open last; null when there is none. */
  newestOf(clip: string): string | null {
    return this.recents.list.find(({ source, missing }) => source === clip && !missing)?.path ?? null;
  }

  create(clip: string, media: OpenedMedia): Promise<Project> {
    return Project.create(this.#parent, clip, media, this.#appVersion, (error) => this.#onSaveError(error));
  }

  open(folder: string): Project {
    return Project.open(folder, (error) => this.#onSaveError(error));
  }

  /** Lets go of a project that became no session's. */
  release(project: Project): void {
    if (![...this.#open.values()].includes(project)) project.close();
  }

  async use(project: Project | null, session: SessionService): Promise<void> {
    if (!project) return;
    this.#open.set(session.id, project);
    const isNew = !this.recents.list.some(({ path }) => path === project.folder);
    const earlier = this.recents.list.find(({ source, missing }) => source === session.path && !missing);
    // Somebody who opens the clip again may look for what was made on it.
    if (isNew && earlier && session.edits.list.length === 0)
      this.#deps.notify('info', `${earlier.name} has an earlier project. File > Open recent… continues it.`);
    await this.recents.opened({ path: project.folder, name: project.file.name, source: session.path });
    void this.#makeThumbnail(project, session).catch(() => {});
  }

  /** @param isForGood the user closed it, so that it is not opened again at the next start */
  async close(sessionId: string, isForGood: boolean): Promise<void> {
    const project = this.#open.get(sessionId);
    if (!project) return;
    this.#open.delete(sessionId);
    if (!project.close(this.#deps.isOwn(project.file.source.path))) await this.recents.forget(project.folder);
    else if (isForGood) await this.recents.closed(project.folder);
  }

  async relink(folder: string, clip: string): Promise<void> {
    const project = this.of(this.sessionOf(folder) ?? '') ?? this.open(folder);
    try {
      await project.relink(clip);
    } finally {
      this.release(project);
    }
  }

  async forget(folder: string): Promise<void> {
    await this.recents.forget(folder);
    this.#removeUnused(folder);
    this.#deps.onChange();
  }

  /** Projects of the app's own folder may be opened by any client; others when `check` does not refuse them. */
  async allow(folder: string, check: () => Promise<void>): Promise<void> {
    if (!this.keeps || dirname(resolve(folder)) !== resolve(this.#parent)) await check();
  }

  async thumbnail(folder: string): Promise<string | null> {
    if (!this.recents.list.some(({ path }) => path === folder)) return null;
    try {
      return `data:image/png;base64,${(await readFile(join(folder, thumbnailName))).toString('base64')}`;
    } catch {
      return null;
    }
  }

  /** One of the app's own folders in which nothing was made goes with its entry. */
  #removeUnused(folder: string): void {
    if (this.sessionOf(folder) !== null || dirname(resolve(folder)) !== resolve(this.#parent)) return;
    try {
      this.open(folder).close();
    } catch {
      // Damaged, or in use elsewhere: it stays as it is.
    }
  }

  async #makeThumbnail(project: Project, session: SessionService): Promise<void> {
    const { position } = session.edits.work;
    const { width, height, planes } = await session.frameMessage(0, position, thumbnailSize.width, thumbnailSize.height, position + 1);
    const data = yuvToRgb(planes, width, height, session.media);
    // Written in one go: a project in which nothing was made is removed when it is closed, and a file that is on its
    // way there would keep the folder.
    if (this.of(session.id) !== project) return;
    writeFileSync(join(project.folder, thumbnailName), encodePng({ width, height, data, channels: 3, depth: 8 }));
  }

  #onSaveError(error: AppError | null): void {
    if (error) this.#deps.notify('error', error.message);
    else this.#deps.notify('info', 'Your changes are saved again.');
    this.#deps.onChange();
  }
}
