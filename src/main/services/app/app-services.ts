/**
 * The app behind every host: one engine, one open clip, its operations, and the contract's methods for any number of connected
 * clients. Electron, the web host and the CLI each make one of these.
 */
import { join, resolve } from 'node:path';
import type { AppState } from '../../../shared/contract.ts';
import type { DoctorReport } from '../../../shared/doctor.ts';
import { AppError } from '../../../shared/errors.ts';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import { AppLog } from '../base/app-log.ts';
import { userDataDir } from '../base/app-paths.ts';
import { Notices } from '../base/notices.ts';
import { Operations } from '../base/operations.ts';
import { StateHub } from '../base/state-hub.ts';
import { examine } from '../doctor/examine.ts';
import { AppEngine } from '../engine-link/app-engine.ts';
import type { AppUsage, EnginePeer } from '../engine-link/engine-process.ts';
import type { ExportChoice } from '../exports/export-service.ts';
import { Exports } from '../exports/exports.ts';
import { bringFfmpeg } from '../ffmpeg/bring-ffmpeg.ts';
import { createModels } from '../models/create-models.ts';
import type { ModelService } from '../models/model-service.ts';
import { Projects } from '../project/projects.ts';
import type { SessionService } from '../session/session-service.ts';
import type { TrackRequest } from '../session/session-tracking.ts';
import { createSettings } from '../settings/create-settings.ts';
import type { SettingsService } from '../settings/settings-service.ts';
import { shownSize } from '../settings/shown-size.ts';
import { createSources, type Sources } from '../sources/sources.ts';
import { createLive } from '../streams/create-live.ts';
import type { LiveService } from '../streams/live-service.ts';
import { TrackRuns } from '../tracking/track-runs.ts';
import { allMethods } from './all-methods.ts';
import type { AppServicesOptions } from './app-services-options.ts';
import { type ClientLink, type Connection, viewerOf } from './client-link.ts';
import { Clients } from './clients.ts';
import { cutWork } from './ended-work.ts';
import { OpenSession } from './open-clip.ts';
import { Openings } from './openings.ts';

export class AppServices {
  readonly operations: Operations;
  readonly sources: Sources;
  readonly exports: Exports;
  readonly live: LiveService;
  readonly models: ModelService;
  readonly projects: Projects;
  readonly settings: SettingsService;
  readonly log: AppLog;
  readonly appVersion: string;
  readonly #options: AppServicesOptions;
  readonly #dataDir: string;
  readonly #engine: AppEngine;
  readonly #hub: StateHub;
  readonly #notices: Notices;
  readonly #openings: Openings;
  readonly #clients: Clients;
  readonly #runs: TrackRuns;
  readonly #open: OpenSession;
  #memory: MemorySettings;

  constructor(options: AppServicesOptions) {
    this.#options = options;
    const dataDir = options.dataDir ?? userDataDir();
    this.#dataDir = dataDir;
    // First, since reading the settings may already have something to tell.
    this.#hub = new StateHub((revision) => ({
      revision,
      session: this.#open.current?.view(this.#memory) ?? null,
      project: this.projects.view,
      recents: this.projects.recents.list,
      settings: this.settings.view,
      operations: this.operations.list,
      engine: this.#engine.state,
      models: this.models.view,
      notices: this.#notices.list,
    }));
    this.appVersion = options.appVersion;
    this.#clients = new Clients({
      info: { host: options.host, appVersion: options.appVersion },
      hub: this.#hub,
      state: () => this.state,
      handlers: () => ({ ...allMethods(this), ...this.models.handlers }),
      onConnected: () => this.models.listOnce(),
      onGone: (link) => {
        this.#engine.forgetViewer(viewerOf(link));
        void Promise.all([this.sources.uploads.release(link), this.live.release(link)]);
      },
    });
    this.log = new AppLog(options.keepsProjects ? join(dataDir, 'logs', 'app.log') : null);
    this.#notices = new Notices(this.log, () => this.#hub.touch());
    this.settings = createSettings(options, dataDir, {
      onChange: (changed) => {
        if (changed.has('track.memory')) this.#memory = this.settings.values['track.memory'];
        this.#hub.touch();
      },
      notify: (level, text) => this.notify(level, text),
    });
    const { values } = this.settings;
    this.#memory = options.memory ?? values['track.memory'];
    const engine = {
      provider: options.provider ?? values['engine.provider'],
      threads: options.threads ?? (values['engine.threads'] || undefined),
    };
    this.models = createModels(
      { ...options, ...engine },
      {
        peer: () => this.#engine.peer,
        precision: () => this.settings.values['engine.precision'],
        session: () => this.#open.current,
        isWorking: () => this.operations.list.some(({ state }) => state === 'running'),
        operate: (kind, ...work) => this.operations.run(kind, ...work),
        onEngine: (state, message) => this.#engine.tell(state, message),
        onChange: () => this.#hub.touch(),
        notify: (level, text) => this.notify(level, text),
      },
    );
    this.projects = new Projects(options.keepsProjects ? dataDir : null, options.appVersion, {
      onChange: () => this.#hub.touch(),
      notify: (level, text) => this.notify(level, text),
    });
    this.operations = new Operations(
      () => this.#hub.touch(),
      ({ message }) => this.notify('error', message),
    );
    this.sources = createSources({
      folder: join(dataDir, 'imports'),
      appVersion: options.appVersion,
      operations: this.operations,
      engine: () => this.#engine.peer,
      cancelRun: (id) => this.#engine.cancelRun(id),
      open: (path) => this.openSession(path),
      notify: (level, text) => this.notify(level, text),
      proxy: () => this.models.proxyEnvironment,
      pointers: () => this.projects.pointers(),
      clip: () => this.#open.current?.path ?? null,
    });
    this.live = createLive({
      ...{ dataDir, operations: this.operations, projects: this.projects, rules: options.liveRules },
      engine: () => this.#engine.peer,
      values: () => this.settings.values,
      memory: () => this.#memory,
      claim: () => this.sources.store.claim(null),
      use: (...live) => this.#open.openLive(...live),
      open: (path, adopt) => this.#open.openClip(path, adopt),
      close: () => this.closeSession(true),
      notify: (level, text) => this.notify(level, text),
      onChange: () => this.#hub.touch(),
    });
    this.#runs = new TrackRuns({
      operations: this.operations,
      models: () => this.models,
      session: () => this.session,
      memory: () => this.#memory,
      cancelRun: (id) => this.#engine.cancelRun(id),
      notify: (level, text) => this.notify(level, text),
    });
    this.#openings = new Openings(this.operations, (id) => this.#engine.cancelRun(id));
    this.exports = new Exports({
      operations: this.operations,
      appVersion: options.appVersion,
      engine: () => this.#engine.peer,
      cancelRun: (id) => this.#engine.cancelRun(id),
      outputUrl: (id, name) => options.outputUrl?.(id, name) ?? null,
    });
    this.#engine = new AppEngine(options.spawnEngine, {
      onReady: (peer, isRestart) => this.#onEngineReady(peer, isRestart),
      onState: ({ state, message }) => {
        this.log.add(state === 'failed' ? 'error' : 'info', `engine ${state}${message ? `: ${message}` : ''}`);
        this.#hub.touch();
      },
    });
    this.#open = new OpenSession({
      engine: this.#engine,
      model: () => this.models.engineModel,
      projects: this.projects,
      openings: this.#openings,
      events: {
        onChange: () => this.#hub.touch(),
        onFrame: (message) => this.#clients.broadcast(message),
        onNote: ({ level, text }) => this.#notices.add(level, text, true),
        onClosed: () => this.#notices.clipClosed(),
      },
      isOwn: (path) => this.sources.store.owns(path),
      checkPath: (path) => this.checkPath(path),
      release: async (session) => {
        const cut = cutWork(this.operations.list);
        // Not what is being fetched: it is what may be opened now.
        await this.operations.cancelAll(['track', 'export', 'copy']);
        for (const text of cut) this.notify('warning', text);
        await this.live.leave(session);
      },
    });
  }

  get state(): AppState {
    return this.#hub.state;
  }

  get session(): SessionService {
    return this.#open.required;
  }

  /** In the next run. */
  get memory(): MemorySettings {
    return this.#memory;
  }

  openSample(): Promise<SessionService> {
    return this.openSession(this.#options.sampleClip);
  }

  /** From the next run on; what runs now goes on as it began. */
  setMemory(memory: MemorySettings): void {
    this.settings.set('track.memory', memory);
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
    if (this.projects.keeps && this.#engine.state.state === 'ready') void this.live.recover();
  }

  /** @throws AppError why the engine or the model can't be used */
  requireEngine(): void {
    this.#engine.require();
  }

  /** @param path of a clip, or of a project's folder, which opens where it was left */
  openSession(path: string): Promise<SessionService> {
    return this.#open.open(path);
  }

  /** @throws AppError `source-missing` with `details.project` when the clip has to be shown again */
  openProject(folder: string): Promise<SessionService> {
    return this.#open.openProject(folder);
  }

  /** @param isForGood the user closed it, so that it is not opened again at the next start */
  closeSession(isForGood = false): Promise<void> {
    return this.#open.close(isForGood);
  }

  /** @returns the operation's id; it ends by itself (see `operations.ended`) */
  startTrack(
    request: Omit<TrackRequest, 'display' | 'memory'>,
    display: TrackRequest['display'] = shownSize(this.settings.values),
  ): string {
    this.live.refuse('You can track the whole clip');
    return this.#runs.start({ ...request, display });
  }

  /** The user rests on a frame. While the engine works on others it is left to that. */
  attend(frame: number): void {
    if (!this.operations.isRunning('track') && !this.live.isLive) this.session.attend(frame);
  }

  /** Does something to objects or prompts, also while a run is under way. @throws AppError `busy` while a model is loaded */
  edit<T>(work: () => Promise<T>): Promise<T> {
    return this.#runs.edit(work);
  }

  /** Changes the list of objects behind the edits that are under way. */
  inOrder<T>(work: () => T): Promise<T> {
    return this.#runs.inOrder(work);
  }

  usage(): Promise<AppUsage> {
    return this.#engine.usage();
  }

  /** Where exports without a folder of their own go. */
  get exportRoot(): string {
    return this.settings.values['export.folder'] ?? this.#options.exportRoot;
  }

  /** @returns the operation's id */
  startExport(request: ExportChoice): string {
    this.live.refuse('You can export');
    return this.exports.start(this.session, request, this.exportRoot, this.#memory);
  }

  dismissNotice(id: number): void {
    this.#notices.dismiss(id);
  }

  readonly notify = (level: AppState['notices'][number]['level'], text: string): void => this.#notices.add(level, text);

  /** For the host itself: told of every state that clients are. @returns unsubscribe */
  onState(listener: (state: AppState) => void): () => void {
    return this.#hub.subscribe(listener);
  }

  /** What this machine has of what the app needs. */
  async examine(): Promise<DoctorReport> {
    await this.models.refresh().catch(() => {});
    return examine({ appVersion: this.appVersion, dataDir: this.#dataDir, state: this.state, peer: () => this.#engine.peer });
  }

  get hostDetails(): readonly string[] {
    return this.#options.hostDetails?.() ?? [];
  }

  /** Attaches a client: it is greeted, given the state, and then answered until it closes. */
  connect(link: ClientLink): Connection {
    return this.#clients.connect(link);
  }

  async close(): Promise<void> {
    await Promise.race([
      Promise.all([this.operations.cancelAll(), this.models.close()]),
      new Promise((resolve) => setTimeout(resolve, 2000).unref()),
    ]);
    this.#engine.close();
    await this.projects.close(false);
    if (!this.projects.keeps) await this.sources.imports.forget();
  }

  /** @throws AppError `not-allowed` for a path a client may not use */
  async checkPath(path: string): Promise<void> {
    await this.#options.checkPath?.(path);
  }

  /** Without ffmpeg the app still starts: the window is where its user reads what to do. */
  async #bringFfmpeg(peer: EnginePeer): Promise<void> {
    const { bringsFfmpeg } = this.#options;
    if (!bringsFfmpeg) return;
    const tell = (line: string): void => {
      bringsFfmpeg.tell?.(line);
      this.#engine.tell('starting', line);
    };
    try {
      await bringFfmpeg({ ...bringsFfmpeg, tell, look: async () => (await peer.call('findFfmpeg', {})).path });
    } catch (error) {
      const { code, message } = AppError.from(error);
      if (code !== 'engine-lost') this.notify('error', message);
    }
  }

  async #onEngineReady(peer: EnginePeer, isRestart: boolean): Promise<void> {
    peer.on('trackedFrame', (event) => {
      this.#open.current?.onTrackedFrame(event);
      this.models.onTrackedFrame(event);
    });
    this.exports.attach(peer);
    this.#openings.attach(peer);
    this.sources.imports.attach(peer);
    this.live.attach(peer);
    const hasFfmpeg = isRestart ? Promise.resolve() : this.#bringFfmpeg(peer);
    const { firstClip } = this.#options;
    if (firstClip !== undefined && !isRestart) hasFfmpeg.then(() => peer.call('prepare', { path: resolve(firstClip) })).catch(() => {});
    await this.models.load(peer);
    await hasFfmpeg;
    await this.#open.current?.replay();
    this.#engine.tell('ready', null);
    if (isRestart || this.projects.keeps) void this.sources.imports.recover().catch(() => {});
    if (isRestart) this.notify('warning', 'The engine was restarted. Your prompts and masks are kept; press Track to continue.');
  }
}
