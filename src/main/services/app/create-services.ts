/**
 * Puts the app together: one engine, any number of sessions, and the features that work on them. Electron, the web host
 * and the CLI each make one of these; nothing in the rooms of the features imports it.
 */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AppState } from '../../../shared/contract/state.ts';
import type { Method } from '../../../shared/contract.ts';
import { AppError } from '../../../shared/errors.ts';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import { AppLog } from '../base/app-log.ts';
import { userDataDir } from '../base/app-paths.ts';
import { type Handlers, viewerOf } from '../base/handlers.ts';
import type { ModelUser } from '../base/model-user.ts';
import { Notices } from '../base/notices.ts';
import { Operations } from '../base/operations.ts';
import { StateStore } from '../base/state-store.ts';
import { discoveryMethods } from '../discovery/discovery-methods.ts';
import { FindRuns } from '../discovery/find-runs.ts';
import { examine } from '../doctor/examine.ts';
import { AppEngine } from '../engine-link/app-engine.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import { createEvents } from '../events/create-events.ts';
import { freeBytes } from '../exports/export-estimate.ts';
import { exportMethods } from '../exports/export-methods.ts';
import { Exports } from '../exports/exports.ts';
import { bringFfmpeg } from '../ffmpeg/bring-ffmpeg.ts';
import { fileMethods } from '../files/file-methods.ts';
import { FileThumbnails } from '../files/file-thumbnails.ts';
import { createModels } from '../models/create-models.ts';
import type { ModelService } from '../models/model-service.ts';
import { projectMethods } from '../project/project-methods.ts';
import { Projects } from '../project/projects.ts';
import { ScratchMasks } from '../project/scratch-masks.ts';
import { sessionMethods } from '../session/session-methods.ts';
import { createSettings } from '../settings/create-settings.ts';
import { settingsMethods } from '../settings/settings-methods.ts';
import type { SettingsService } from '../settings/settings-service.ts';
import { shownSize } from '../settings/shown-size.ts';
import { sourceMethods } from '../sources/source-methods.ts';
import { createSources, type Sources } from '../sources/sources.ts';
import { createLive, liveSettings } from '../streams/create-live.ts';
import { createStreams } from '../streams/create-streams.ts';
import { attachLive } from '../streams/live-events.ts';
import { liveMethods } from '../streams/live-methods.ts';
import type { LiveService } from '../streams/live-service.ts';
import { streamMethods } from '../streams/stream-methods.ts';
import type { StreamService } from '../streams/stream-service.ts';
import { TrackRuns } from '../tracking/track-runs.ts';
import { trackingMethods } from '../tracking/tracking-methods.ts';
import { appMethods } from './app-methods.ts';
import { Clients } from './clients.ts';
import { cutWork } from './ended-work.ts';
import { Openings } from './openings.ts';
import type { Services } from './services.ts';
import type { ServicesOptions } from './services-options.ts';
import { Sessions } from './sessions.ts';

/** The services before their start, so that clients can watch that. */
export const createServices = (options: ServicesOptions): Services => {
  const { appVersion, keepsProjects = false } = options;
  const dataDir = options.dataDir ?? userDataDir();
  const projectsDir = keepsProjects ? dataDir : null;
  const checkPath = async (path: string): Promise<void> => options.checkPath?.(path);

  const app = new StateStore<AppState>((revision) => ({
    revision,
    sessions: sessions.summaries,
    recents: projects.recents.list,
    settings: settings.view,
    operations: operations.list,
    engine: engine.state,
    models: models.view,
    streams: streams.states,
    notices: notices.list,
  }));
  const onChange = (): void => app.touch();
  /** Settings and projects are seen in the sessions' states too. */
  const onSharedChange = (): void => {
    app.touch();
    for (const { id } of sessions.list) sessions.touch(id);
  };

  // First, since reading the settings may already have something to tell.
  const log = new AppLog(keepsProjects ? join(dataDir, 'logs', 'app.log') : null);
  const notices = new Notices(log, onChange);
  const notify: Notices['add'] = (level, text) => notices.add(level, text);
  const settings: SettingsService = createSettings(options, dataDir, { onChange: () => onSharedChange(), notify });
  const memory = (): MemorySettings => options.memory ?? settings.values['track.memory'];

  const operations = new Operations(
    onChange,
    ({ message }) => notify('error', message),
    ({ kind, state, done }) => events.source.onRun(kind, state, done),
  );
  const engine: AppEngine = new AppEngine(options.spawnEngine, {
    onReady: (peer, isRestart) => onEngineReady(peer, isRestart),
    restartsForEver: () => streams.configs.some(({ config }) => !config.isPaused),
    onState: ({ state, message }) => {
      if (state === 'restarting') streams.onEngineLost();
      events.source.onEngine(state);
      log.add(state === 'failed' ? 'error' : 'info', `engine ${state}${message ? `: ${message}` : ''}`);
      onChange();
    },
  });
  const peer = (): EnginePeer => engine.peer;
  const cancelRun = (id: string): void => engine.cancelRun(id);

  const models: ModelService = createModels(
    {
      ...options,
      provider: options.provider ?? settings.values['engine.provider'],
      size: { wanted: settings.values['engine.model'], isFirm: settings.view.decidedBy['engine.model'] !== undefined },
      threads: options.threads ?? (settings.values['engine.threads'] || undefined),
    },
    {
      peer,
      spawnEngine: options.spawnEngine,
      precision: () => settings.values['engine.precision'],
      sessions: () => withStreams,
      isWorking: () => operations.list.some(({ state }) => state === 'running'),
      operate: (kind, ...work) => operations.run(kind, ...work),
      onEngine: (state, message) => engine.tell(state, message),
      onChange,
      notify,
    },
  );
  const scratch = new ScratchMasks([join(dataDir, 'scratch'), join(tmpdir(), 'sam2-video-scratch')], (error) => {
    if (error) notify('error', error.message);
  });
  const projects = new Projects(projectsDir, appVersion, {
    onChange: () => onSharedChange(),
    notify,
    isOwn: (clip) => sources.store.owns(clip),
  });
  const openings = new Openings(operations, cancelRun);
  const sessions: Sessions = new Sessions({
    engine,
    models: () => models,
    projects,
    scratch,
    openings,
    memory,
    deinterlace: () => settings.values['import.deinterlace'],
    mostAwake: () => settings.values['sessions.mostAwake'],
    isBusy: (sessionId) => operations.of(sessionId).length > 0,
    isOwn: (path) => sources.store.owns(path),
    checkPath,
    release: async (session) => {
      for (const text of cutWork(operations.of(session.id))) notify('warning', text);
      await operations.cancelAll(['track', 'find', 'export', 'copy'], session.id);
      await live.leave(session);
    },
    onChange,
    onNote: ({ level, text }, sessionId) => notices.add(level, text, sessionId),
    onClosed: (sessionId) => notices.sessionClosed(sessionId),
  });
  /** Streams go along with another model by beginning a chapter with it. */
  const withStreams: ModelUser & { hasResults: boolean } = {
    get hasResults() {
      return sessions.hasResults;
    },
    adoptModel: async (model, watch) => {
      await sessions.adoptModel(model, watch);
      streams.endChapters('model');
    },
    readoptModel: async () => {
      await sessions.readoptModel();
      streams.endChapters('model');
    },
  };
  const sources: Sources = createSources({
    folder: join(dataDir, 'imports'),
    appVersion,
    operations,
    engine: peer,
    cancelRun,
    open: (path) => sessions.open(path),
    notify,
    proxy: () => models.proxyEnvironment,
    pointers: () => projects.pointers(),
    openClips: () => sessions.list.map(({ path }) => path),
  });
  const live: LiveService = createLive({
    dataDir,
    operations,
    projects,
    rules: options.liveRules,
    engine: peer,
    values: () => settings.values,
    memory,
    claim: () => sources.store.claim(null),
    use: (...source) => sessions.openLive(...source),
    open: (...clip) => sessions.openClip(...clip),
    close: (session) => sessions.close(session.id, true),
    notify,
    onChange: (sessionId) => sessions.touch(sessionId),
  });
  const streams: StreamService = createStreams({
    ...{ dataDir, keeps: projects.keeps, store: options.streamStore, clock: options.clock, notify },
    ...options.streamTimes,
    rules: options.liveRules,
    engine: peer,
    isReady: () => engine.state.state === 'ready' && models.engineModel !== null,
    settings: () => liveSettings(settings.values, memory()),
    openSession: (...stream) => sessions.openStream(...stream),
    closeSession: (id) => sessions.close(id, true),
    setShown: (id, isShown) => sessions.setShown(id, isShown),
    claim: () => sources.store.claim(null),
    open: (...clip) => sessions.openClip(...clip),
    loadModel: (which) => models.useAgain(which),
    onChange,
    touch: (id) => sessions.touch(id),
    tell: (level, text) => (level === 'info' ? log.add('info', text) : notify(level, text)),
  });
  const events = createEvents({
    values: () => settings.values,
    streams,
    facts: () => streams.facts,
    modelSize: () => models.view.active?.id ?? 'none',
    info: () => ({ version: appVersion, provider: models.view.active?.provider ?? 'none' }),
    freeBytes: () => freeBytes(dataDir),
    logsDir: join(dataDir, 'logs'),
    isReady: () => engine.state.state === 'ready',
    tell: (level, text) => (level === 'info' ? log.add('info', text) : notify(level, text)),
  });
  const runs = new TrackRuns({ operations, models, notices, display: () => shownSize(settings.values), cancelRun });
  const find = new FindRuns({ operations, models, notices, engine: peer, modelsDir: options.modelsDir, cancelRun });
  const exports = new Exports({
    operations,
    appVersion,
    engine: peer,
    cancelRun,
    root: () => settings.values['export.folder'] ?? options.exportRoot,
    outputUrl: (id, name) => options.outputUrl?.(id, name) ?? null,
  });
  const clients = new Clients({
    info: { host: options.host, appVersion },
    app,
    sessions,
    // Their prompts go before the work on others; without a client every session is as near.
    onWatched: (sessionIds) => engine.setForeground(sessionIds.length > 0 ? sessionIds : null),
    onConnected: () => models.listOnce(),
    onGone: (link) => {
      engine.forgetViewer(viewerOf(link));
      void Promise.all([sources.uploads.release(link), live.release(link)]);
    },
  });

  /** Without ffmpeg the app still starts: the window is where its user reads what to do. */
  const bringMissingFfmpeg = async (fresh: EnginePeer): Promise<void> => {
    const { bringsFfmpeg } = options;
    if (!bringsFfmpeg) return;
    const tell = (line: string): void => {
      bringsFfmpeg.tell?.(line);
      engine.tell('starting', line);
    };
    try {
      await bringFfmpeg({ ...bringsFfmpeg, tell, look: async () => (await fresh.call('findFfmpeg', {})).path });
    } catch (error) {
      const { code, message } = AppError.from(error);
      if (code !== 'engine-lost') notify('error', message);
    }
  };

  const onEngineReady = async (fresh: EnginePeer, isRestart: boolean): Promise<void> => {
    fresh.on('trackedFrame', (event) => {
      sessions.find(event.sessionId)?.onTrackedFrame(event);
      models.onTrackedFrame(event);
      events.source.onTrackedFrame(event);
    });
    for (const part of [exports, find, openings, sources.imports]) part.attach(fresh);
    attachLive(fresh, [live, streams, events.source]);
    const { firstClip } = options;
    const hasFfmpeg = isRestart ? Promise.resolve() : bringMissingFfmpeg(fresh);
    if (firstClip !== undefined && !isRestart) hasFfmpeg.then(() => fresh.call('prepare', { path: resolve(firstClip) })).catch(() => {});
    await models.load(fresh);
    await hasFfmpeg;
    await sessions.replay();
    engine.setForeground(clients.watched.length > 0 ? clients.watched : null);
    engine.tell('ready', null);
    if (isRestart || projects.keeps) void sources.imports.recover().catch(() => {});
    if (isRestart) notify('warning', 'The engine was restarted. Your prompts and masks are kept; press Track to continue.');
  };

  const services: Services = {
    ...{
      appVersion,
      sessions,
      operations,
      runs,
      find,
      exports,
      live,
      streams,
      sources,
      models,
      projects,
      settings,
      notices,
      log,
      engine,
      clients,
    },
    get state() {
      return app.state;
    },
    hostDetails: () => options.hostDetails?.() ?? [],
    examine: async () => {
      await models.refresh().catch(() => {});
      return examine({ appVersion, dataDir, state: app.state, peer });
    },
    checkPath,
    onState: (listener) => app.subscribe(listener),
    connect: (link) => clients.connect(link, handlers),
    start: async () => {
      await events.start();
      await projects.load();
      await models.start();
      await engine.start();
      if (projects.keeps && engine.state.state === 'ready') void live.recover();
      streams.start();
    },
    close: async () => {
      await Promise.race([streams.close(), new Promise((done) => setTimeout(done, 10_000).unref())]);
      await Promise.race([Promise.all([operations.cancelAll(), models.close()]), new Promise((done) => setTimeout(done, 2000).unref())]);
      engine.close();
      for (const { id } of sessions.list) await projects.close(id, false);
      if (!projects.keeps) await sources.imports.forget();
      scratch.close();
      await events.close();
    },
  };
  const handlers: Handlers<Method> = {
    ...appMethods(services, options.sampleClip),
    ...sessionMethods(sessions.used),
    ...trackingMethods(sessions.used, runs),
    ...discoveryMethods(sessions.used, find),
    ...exportMethods(sessions.used, exports, checkPath),
    ...projectMethods({ session: sessions.used, projects, operations, checkPath, open: (folder) => sessions.openProject(folder) }),
    ...sourceMethods(sources),
    ...liveMethods(live, streams),
    ...streamMethods(streams, checkPath),
    ...fileMethods(new FileThumbnails(peer), checkPath, options.browsedFolders),
    ...settingsMethods(settings, checkPath),
    ...models.handlers,
  };
  return services;
};
