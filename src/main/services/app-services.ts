/**
 * The app behind every host: one engine, one open clip, its operations, and the contract's methods for any number of connected
 * clients. Electron, the web host and the CLI each make one of these.
 */
import { join } from 'node:path';
import {
  type AppState,
  contract,
  type HostInfo,
  type HostMessage,
  isMethod,
  type Method,
  type MethodInput,
  type MethodOutput,
  protocolVersion,
  requestMessageSchema,
} from '../../shared/contract.ts';
import { AppError } from '../../shared/errors.ts';
import { defaultMemorySettings, type MemorySettings } from '../../shared/memory-settings.ts';
import { encodeFrameMessage, type FrameMessage } from '../../shared/wire.ts';
import type { OpenedMedia } from '../engine/engine.ts';
import { userDataDir } from './app-paths.ts';
import { EngineHost, type EnginePeer, type SpawnEngine } from './engine-host.ts';
import { type ExportRequest, exportFolderName, exportSession } from './export-service.ts';
import { editMethods } from './methods/edit-methods.ts';
import { projectMethods } from './methods/project-methods.ts';
import { createModels, type ModelOptions } from './models/create-models.ts';
import type { ModelMethod, ModelService } from './models/model-service.ts';
import { Operations } from './operations.ts';
import { isProjectFolder, type Project } from './project/project.ts';
import { Projects } from './project/projects.ts';
import { SessionService, type TrackRequest } from './session-service.ts';
import { StateHub } from './state-hub.ts';
import { TrackLoop } from './track-loop.ts';

export interface AppServicesOptions extends ModelOptions {
  host: HostInfo['host'];
  spawnEngine: SpawnEngine;
  sampleClip: string;
  /** Work is kept as projects in the data folder; without it everything is in memory. */
  keepsProjects?: boolean | undefined;
  /** How objects are remembered until somebody sets it; default: one path, as SAM 2. */
  memory?: MemorySettings | undefined;
  /** Exports without a chosen folder go to a new folder under this one. */
  exportRoot: string;
  /** Address of an export's file for a client that can't open paths; null on the desktop. */
  outputUrl?: (operationId: string, name: string) => string | null;
}

/** One client as the services see it. */
export interface ClientLink {
  send(message: HostMessage): void;
  sendBinary(data: ArrayBuffer): void;
}

export interface Connection {
  /** Anything the client sent, parsed or not. */
  receive(data: unknown): void;
  close(): void;
}

const liveDisplay = { width: 1280, height: 720 };

type OwnMethod = Exclude<Method, ModelMethod>;
export type Handlers = { [M in OwnMethod]: (input: MethodInput<M>, client: ClientLink) => Promise<MethodOutput<M>> | MethodOutput<M> };

export class AppServices {
  readonly operations: Operations;
  readonly models: ModelService;
  readonly projects: Projects;
  readonly #options: AppServicesOptions;
  readonly #engine: EngineHost;
  readonly #hub: StateHub;
  readonly #clients = new Set<ClientLink>();
  #session: SessionService | null = null;
  #run: TrackLoop | null = null;
  #memory: MemorySettings;
  #engineState: AppState['engine'] = { state: 'starting', message: null };
  #notices: AppState['notices'] = [];
  #nextNoticeId = 1;
  #engineError: AppError | null = null;

  constructor(options: AppServicesOptions) {
    this.#options = options;
    this.#memory = options.memory ?? defaultMemorySettings;
    this.models = createModels(options, {
      peer: () => this.#engine.peer,
      session: () => this.#session,
      isWorking: () => this.operations.list.some(({ state }) => state === 'running'),
      onEngine: (state, message) => {
        if (state === 'ready') this.#engineError = null;
        this.#setEngine(state, message);
      },
      onChange: () => this.#hub.touch(),
      notify: (level, text) => this.notify(level, text),
    });
    this.projects = new Projects(options.keepsProjects ? (options.dataDir ?? userDataDir()) : null, options.appVersion, {
      onChange: () => this.#hub.touch(),
      notify: (level, text) => this.notify(level, text),
    });
    this.#hub = new StateHub((revision) => ({
      revision,
      session: this.#session?.view(this.#memory) ?? null,
      project: this.projects.view,
      recents: this.projects.recents.list,
      operations: this.operations.list,
      engine: this.#engineState,
      models: this.models.view,
      notices: this.#notices,
    }));
    this.operations = new Operations(() => this.#hub.touch());
    this.#engine = new EngineHost(options.spawnEngine, {
      onReady: (peer, isRestart) => this.#onEngineReady(peer, isRestart),
      onLost: (reason) =>
        this.#setEngine('restarting', `The engine stopped (${reason}) and is being restarted. Your prompts and masks are kept.`),
      onFailed: (error) => {
        this.#engineError = error;
        this.#setEngine('failed', error.message);
      },
    });
  }

  get state(): AppState {
    return this.#hub.state;
  }

  get session(): SessionService {
    if (!this.#session) throw new AppError('session-unknown', 'No clip is open. Open one first.');
    return this.#session;
  }

  /** How objects are remembered in the next run. */
  get memory(): MemorySettings {
    return this.#memory;
  }

  /** From the next run on; what runs now goes on as it began. */
  setMemory(memory: MemorySettings): void {
    this.#memory = memory;
    this.#hub.touch();
  }

  /** Process id of the engine, for tests and diagnostics. */
  get enginePid(): number | undefined {
    return this.#engine.pid;
  }

  /** Starts the engine and loads the model; what fails is in `state.engine`, for the window to show. */
  async start(): Promise<void> {
    await this.projects.load();
    await this.models.start();
    await this.#engine.start();
  }

  /** @throws AppError why the engine or the model can't be used */
  requireEngine(): void {
    if (this.#engineError) throw this.#engineError;
  }

  /** @param path of a clip, or of a project's folder, which opens where it was left */
  async openSession(path: string): Promise<SessionService> {
    if (isProjectFolder(path)) return this.openProject(path);
    const keeps = this.projects.keeps;
    return this.#opened(path, keeps ? (media) => this.projects.create(path, media) : null);
  }

  /** @throws AppError `source-missing` with `details.project` when the clip has to be shown again */
  async openProject(folder: string): Promise<SessionService> {
    if (this.projects.isOpen(folder)) await this.closeSession();
    const project = this.projects.open(folder);
    try {
      const clip = await project.findClip();
      await this.#options.checkPath?.(clip);
      return await this.#opened(clip, async () => project);
    } catch (error) {
      this.projects.release(project);
      throw error;
    }
  }

  async #opened(path: string, work: ((media: OpenedMedia) => Promise<Project>) | null): Promise<SessionService> {
    const model = this.models.engineModel;
    if (!model) throw new AppError('engine-lost', this.#engineState.message ?? 'The engine is still starting. Try again in a moment.');
    let project: Project | null = null;
    const events = { onChange: () => this.#hub.touch(), onFrame: (message: FrameMessage) => this.#broadcast(message) };
    const session = await SessionService.open(
      path,
      model,
      () => this.#engine.peer,
      events,
      async (media) => {
        project = work ? await work(media) : null;
        return project;
      },
    );
    await this.closeSession();
    this.#session = session;
    await this.projects.use(project, session);
    this.#hub.touch();
    if (session.media.isTruncated)
      this.notify(
        'warning',
        `${path} ends before its own tables say: the file is cut short. The ${session.media.frameCount} frames that are there can be used.`,
      );
    return session;
  }

  /** @param isForGood the user closed it, so that it is not opened again at the next start */
  async closeSession(isForGood = false): Promise<void> {
    const session = this.#session;
    if (!session) return;
    await this.operations.cancelAll();
    this.#session = null;
    await this.projects.close(isForGood);
    this.#hub.touch();
    await session.close();
  }

  /** @returns the operation's id; it ends by itself (see `operations.ended`) */
  startTrack(request: Omit<TrackRequest, 'display' | 'memory'>, display: TrackRequest['display'] = liveDisplay): string {
    const session = this.session;
    const memory = this.#memory;
    this.#refuseWhileSwitching();
    if (this.operations.isRunning('track'))
      throw new AppError('busy', 'Tracking is already under way. Cancel it first, or wait until it is done.');
    const run = new TrackLoop(session, { ...request, memory, display }, (id) => this.#cancelRun(id));
    this.#run = run;
    return this.operations.start(
      'track',
      `Track ${request.direction}`,
      async (running) => {
        try {
          const outcome = await run.start(running);
          if (outcome.warning) this.notify('warning', outcome.warning);
          return outcome.state;
        } finally {
          if (this.#run === run) this.#run = null;
        }
      },
      () => run.cancel(),
    );
  }

  /**
   * Does something to objects or prompts. A run that is under way is paused at the next frame for it, and goes on after it.
   * @throws AppError `busy` while a model is loaded, or a run goes both ways
   */
  async edit<T>(work: () => Promise<T>): Promise<T> {
    this.#refuseWhileSwitching();
    return this.#run ? this.#run.pauseFor(work) : work();
  }

  /** @returns the operation's id */
  startExport(
    request: Omit<ExportRequest, 'directory' | 'partial' | 'memory'> & { directory?: string | undefined; partial?: boolean },
  ): string {
    const session = this.session;
    if (this.operations.isRunning('export'))
      throw new AppError('busy', 'An export is already under way. Cancel it first, or wait until it is done.');
    const directory = request.directory ?? join(this.#options.exportRoot, exportFolderName(session.path, new Date()));
    return this.operations.start(
      'export',
      'Export',
      (running) => {
        this.#exportProgress.set(running.id, running.progress);
        return exportSession(
          session,
          () => this.#engine.peer,
          running.id,
          { partial: false, ...request, memory: this.#memory, directory },
          this.#options.appVersion,
          ({ name, path }) => running.addOutput({ name, path, url: this.#options.outputUrl?.(running.id, name) ?? null }),
        ).finally(() => this.#exportProgress.delete(running.id));
      },
      (id) => this.#cancelRun(id),
    );
  }

  notify(level: AppState['notices'][number]['level'], text: string): void {
    this.#notices = [...this.#notices.slice(-19), { id: this.#nextNoticeId++, level, text }];
    this.#hub.touch();
  }

  /** Attaches a client: it is greeted, given the state, and then answered until it closes. */
  connect(link: ClientLink): Connection {
    this.#clients.add(link);
    this.models.listOnce();
    link.send({ t: 'hello', info: { protocolVersion, host: this.#options.host, appVersion: this.#options.appVersion } });
    link.send({ t: 'state', state: this.state });
    const unsubscribe = this.#hub.subscribe((state) => link.send({ t: 'state', state }));
    return {
      receive: (data) => void this.#answer(data, link),
      close: () => {
        unsubscribe();
        this.#clients.delete(link);
      },
    };
  }

  async close(): Promise<void> {
    await Promise.race([
      Promise.all([this.operations.cancelAll(), this.models.close()]),
      new Promise((resolve) => setTimeout(resolve, 2000).unref()),
    ]);
    this.#engine.close();
    await this.projects.close(false);
  }

  readonly #exportProgress = new Map<string, (done: number, total: number) => void>();

  readonly #handlers: Handlers = {
    'app.state': () => this.state,
    'app.dismissNotice': ({ id }) => {
      this.#notices = this.#notices.filter((notice) => notice.id !== id);
      this.#hub.touch();
      return {};
    },
    'session.open': async ({ path }) => {
      await this.#options.checkPath?.(path);
      await this.openSession(path);
      return {};
    },
    'session.openSample': async () => {
      await this.openSession(this.#options.sampleClip);
      return {};
    },
    'session.close': async () => {
      await this.closeSession(true);
      return {};
    },
    'frame.get': async ({ requestId, frame, maxWidth, maxHeight }, client) => {
      client.sendBinary(encodeFrameMessage(await this.session.frameMessage(requestId, frame, maxWidth, maxHeight)));
      return {};
    },
    ...editMethods(this),
    ...projectMethods(this),
    'session.setMemory': ({ memory }) => {
      this.setMemory(memory);
      return {};
    },
    'tree.get': ({ objectId, from, to }) => ({ events: this.session.trees.events(objectId, from, to) }),
    'track.start': (input) => ({ operationId: this.startTrack(input) }),
    'export.start': async ({ directory, video, masks, json }) => {
      if (directory !== undefined) await this.#options.checkPath?.(directory);
      return { operationId: this.startExport({ directory, video, masks, json, contactSheet: false }) };
    },
    'operation.cancel': ({ operationId }) => {
      this.operations.cancel(operationId);
      return {};
    },
  };

  /** @throws AppError `not-allowed` for a path a client may not use */
  async checkPath(path: string): Promise<void> {
    await this.#options.checkPath?.(path);
  }

  async #answer(data: unknown, link: ClientLink): Promise<void> {
    const message = requestMessageSchema.safeParse(data);
    if (!message.success) return;
    const { id, m, a } = message.data;
    try {
      if (!isMethod(m)) throw new AppError('bad-request', `There is no method "${m}".`);
      const input = contract[m].input.safeParse(a);
      if (!input.success) {
        const issue = input.error.issues[0];
        throw new AppError('bad-request', `"${m}" was called with a wrong ${issue?.path.join('.') || 'input'}: ${issue?.message}.`);
      }
      const handlers = { ...this.#handlers, ...this.models.handlers };
      const handler = handlers[m] as (input: unknown, client: ClientLink) => unknown;
      link.send({ t: 'res', id, ok: true, r: await handler(input.data, link) });
    } catch (error) {
      const known = AppError.from(error);
      if (known.code === 'internal') console.error(known.cause ?? known);
      link.send({ t: 'err', id, e: known.serialize() });
    }
  }

  #refuseWhileSwitching(): void {
    if (this.models.isSwitching) throw new AppError('busy', 'Another model is being loaded. Try again when it is ready.');
  }

  #cancelRun(runId: string): void {
    try {
      this.#engine.peer.call('cancel', { runId }).catch(() => {});
    } catch {
      // Without an engine there is nothing left to cancel.
    }
  }

  #broadcast(message: FrameMessage): void {
    if (this.#clients.size === 0) return;
    const data = encodeFrameMessage(message);
    for (const client of this.#clients) client.sendBinary(data);
  }

  async #onEngineReady(peer: EnginePeer, isRestart: boolean): Promise<void> {
    peer.on('trackedFrame', (event) => this.#session?.onTrackedFrame(event));
    peer.on('exportProgress', ({ runId, done, total }) => this.#exportProgress.get(runId)?.(done, total));
    await this.models.load(peer);
    await this.#session?.replay();
    this.#setEngine('ready', null);
    if (isRestart) this.notify('info', 'The engine was restarted. Your prompts and masks are kept; press Track to go on.');
  }

  #setEngine(state: AppState['engine']['state'], message: string | null): void {
    this.#engineState = { state, message };
    this.#hub.touch();
  }
}

/** The services with their engine started (see `state.engine` for how that went). */
export const createAppServices = async (options: AppServicesOptions): Promise<AppServices> => {
  const services = new AppServices(options);
  await services.start();
  return services;
};
