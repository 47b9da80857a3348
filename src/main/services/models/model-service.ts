/**
 * Models for clients: what there is, what is being downloaded, imported or verified, and the contract's methods for it.
 * Nothing touches the network before `model.download`.
 */
import { AppError } from '../../../shared/errors.ts';
import { type ModelEntry, type ModelsState, modelSpec } from '../../../shared/models.ts';
import type { EngineModel } from '../../engine/api/protocol.ts';
import type { Handlers, MethodsOf } from '../base/handlers.ts';
import type { ProxyEnvironment } from '../download/download-address.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import type { ActiveModel } from './active-model.ts';
import { DownloadProxy } from './download-proxy.ts';
import type { ModelDeps } from './model-deps.ts';
import type { InstallOutcome, ModelInstaller } from './model-installer.ts';
import { listModels } from './model-list.ts';
import { ModelMeasurements } from './model-measurements.ts';
import { readModelSettings } from './model-settings.ts';
import { leastFrames, ModelSpeeds, speedOf } from './model-speeds.ts';
import { ModelSwitch } from './model-switch.ts';
import { ModelTasks } from './model-tasks.ts';
import { smallerThan } from './smaller-model.ts';

export interface ModelServiceOptions {
  installer: ModelInstaller;
  active: ActiveModel;
  settingsPath: string;
  secrets: SecretStore;
  /** Speed is measured on it. */
  sampleClip: string;
  /** What is chosen is remembered for the next start. */
  remembers: boolean;
  /** Refuses a path a client may not open, by throwing. */
  checkPath: ((path: string) => Promise<void>) | undefined;
}

export class ModelService {
  readonly #options: ModelServiceOptions;
  readonly #deps: ModelDeps;
  readonly #tasks: ModelTasks;
  #entries: ModelEntry[] = [];
  #firstList: Promise<void> | null = null;
  readonly #proxy: DownloadProxy;
  readonly #speeds: ModelSpeeds;
  readonly #switch: ModelSwitch;
  readonly #measurements: ModelMeasurements;

  constructor(options: ModelServiceOptions, deps: ModelDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#speeds = new ModelSpeeds(options.settingsPath, options.remembers, () => deps.onChange());
    this.#measurements = new ModelMeasurements({ ...options, speeds: this.#speeds }, deps);
    this.#switch = new ModelSwitch(options, deps);
    this.#tasks = new ModelTasks(deps, () => this.refresh());
    this.#proxy = new DownloadProxy(options, deps);
  }

  get view(): ModelsState {
    return {
      entries: this.#entries.map((entry) => ({ ...entry, task: this.#tasks.viewOf(entry.id) })),
      active: this.#options.active.view,
      loading: this.#options.active.loading,
      isSwitching: this.#options.active.isSwitching,
      proxy: this.#proxy.shown,
      speeds: this.#speeds.list,
      isMeasuring: this.#measurements.isMeasuring,
    };
  }

  /** For everything else that is fetched. */
  get proxyEnvironment(): ProxyEnvironment {
    return this.#proxy.environment;
  }

  get isSwitching(): boolean {
    return this.#options.active.isSwitching;
  }

  /** @throws AppError `busy` while another model is loaded */
  requireLoaded(): void {
    if (this.isSwitching) throw new AppError('busy', 'Another model is being loaded. Try again when it is ready.');
  }

  /** @throws AppError `busy` while another model is loaded or the speed of one is measured */
  requireIdle(): void {
    this.requireLoaded();
    this.#measurements.giveWay();
  }

  /** What the engine has loaded; null while it loads. */
  get engineModel(): EngineModel | null {
    return this.#options.active.engineModel;
  }

  /** Reads the settings. */
  async start(): Promise<void> {
    const { model, proxy } = await readModelSettings(this.#options.settingsPath);
    await this.#proxy.start(proxy);
    await this.#speeds.load();
    if (this.#options.remembers) this.#options.active.prefer(model);
  }

  /** Loads the model at work into a fresh engine. */
  load(peer: EnginePeer): Promise<void> {
    return this.#options.active.load(peer);
  }

  /**
   * Puts another model to work; see model-switch.ts.
   * @throws AppError why not, `cancelled` too
   */
  async switchTo(spec: string): Promise<void> {
    this.requireLoaded();
    const entry = this.#entries.find(({ id }) => spec === id || spec.startsWith(`${id}@`));
    await this.#switch.to(spec, entry?.name ?? spec);
  }

  /**
   * The memory is full: the model at work is loaded anew, or the next smaller one that is installed.
   * @returns whether there was one
   */
  async useAgain(which: 'again' | 'smaller'): Promise<boolean> {
    const { view } = this.#options.active;
    if (!view) return false;
    await this.refresh();
    const next = which === 'again' ? `${view.id}@${view.imageSize}` : smallerThan(view, this.#entries);
    if (next === null) return false;
    await this.switchTo(next);
    return true;
  }

  /** A run of that many frames and objects went at that speed with the model at work. */
  async onTracked(frames: number, objects: number, framesPerSecond: number | null): Promise<void> {
    const { view } = this.#options.active;
    if (view && framesPerSecond && frames >= leastFrames && objects > 0)
      await this.#speeds.record(speedOf(view, view.id, objects, framesPerSecond));
  }

  /** A frame of any run; that of the measurement is told on. */
  onTrackedFrame(event: { runId: string; done: number }): void {
    this.#measurements.onTrackedFrame(event);
  }

  /** Looks the models up for the first client; a command line without one has no use for the list. */
  listOnce(): void {
    this.#firstList ??= this.refresh().catch(() => {});
  }

  /** Looks at the disk again. */
  async refresh(): Promise<void> {
    this.#entries = await listModels(this.#options.installer);
    this.#deps.onChange();
  }

  /** Ends all tasks; parts are kept. */
  async close(): Promise<void> {
    await this.#tasks.close();
  }

  readonly handlers: Handlers<MethodsOf<'model'>> = {
    'model.list': async () => {
      await this.refresh();
      return {};
    },
    'model.download': async ({ id }) => {
      await this.#options.installer.model(id);
      this.#tasks.start(id, 'download', (run) => this.#options.installer.download(id, run, this.#proxy.address), installedMessage);
      return {};
    },
    'model.cancelDownload': async ({ id }) => {
      this.#tasks.cancel(id);
      return {};
    },
    'model.import': async ({ id, path }) => {
      await this.#options.checkPath?.(path);
      const modelId = id ?? (await this.#options.installer.identify(path));
      await this.#options.installer.model(modelId);
      this.#refuseActive(modelId, 'replaced');
      this.#tasks.start(modelId, 'import', (run) => this.#options.installer.import(modelId, path, run), installedMessage);
      return { id: modelId };
    },
    'model.verify': async ({ id }) => {
      await this.#options.installer.model(id);
      this.#tasks.start(
        id,
        'verify',
        (run) => this.#options.installer.verify(id, run),
        (text) => text,
      );
      return {};
    },
    'model.remove': async ({ id }) => {
      this.#refuseActive(id, 'removed');
      this.#tasks.refuseRunning(id);
      await this.#options.installer.remove(id);
      this.#tasks.forget(id);
      await this.refresh();
      return {};
    },
    'model.use': async ({ id, imageSize }) => {
      await unlessCancelled(this.switchTo(modelSpec(id, imageSize)));
      return {};
    },
    'model.measure': async ({ model }) => {
      await unlessCancelled(this.#measurements.measure(model));
      return {};
    },
    'model.setProxy': async ({ proxy }) => {
      await this.#proxy.set(proxy);
      return {};
    },
  };

  #refuseActive(id: string, what: string): void {
    const active = this.#options.active.view;
    if (active?.id === id) throw new AppError('busy', `${active.name} is active and can't be ${what}. Choose another model first.`);
  }
}

/** Whoever cancelled it knows. */
const unlessCancelled = async (work: Promise<void>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (AppError.from(error).code !== 'cancelled') throw error;
  }
};

/** What a user is told of an installation, where nobody vouches for the bytes most of all. */
export const installedMessage = ({ model, record, wasInstalled }: InstallOutcome): string => {
  if (wasInstalled) return `${model.name} is already installed.`;
  return record.checked === 'published'
    ? `${model.name} is installed; its sha256 is the published one.`
    : `${model.name} is installed. It matches no published sha256, so ${record.sha256} was recorded and is checked from now on.`;
};
