/**
 * The model at work: loading it into the engine, and putting another in its place without losing the clip or the
 * prompts.
 */
import { basename } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { ModelsState } from '../../../shared/models.ts';
import type { SettingValues } from '../../../shared/settings.ts';
import type { EngineInput, EngineModel } from '../../engine/api/protocol.ts';
import type { Precision, Provider } from '../../engine/api/providers.ts';
import type { LoadWatch, ModelUser } from '../base/model-user.ts';
import { RateMeter } from '../base/rate-meter.ts';
import { gpuAdvice, type UsedProvider } from '../doctor/gpu-advice.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import { engineCheckpoints } from './checkpoints.ts';
import { defaultModel, type FoundModel, findModel } from './model-catalog.ts';

export interface ActiveModelOptions {
  modelsDir: string;
  installedDir: string;
  /** "<id>", "<id>@<image size>" or a bundle's folder; undefined = the one that was chosen last, else the default. */
  model?: string | undefined;
  provider?: Provider | 'auto' | undefined;
  threads?: number | undefined;
  size?: SizeAtStart | undefined;
  /** Asked at each load. */
  precision: () => Precision;
  notify: (level: 'info' | 'warning', text: string) => void;
  onChange: () => void;
}

type ModelSize = Exclude<SettingValues['engine.model'], 'auto'>;

/** The size to start with, where no model was named. */
export interface SizeAtStart {
  wanted: SettingValues['engine.model'];
  /** It goes before the model that was chosen last in the window: environment or command line say so. */
  isFirm: boolean;
}

/** From the largest. */
const ladder = [
  ['large', 'sam2.1-large'],
  ['base', 'sam2.1-base-plus'],
  ['small', 'sam2.1-small'],
  ['tiny', 'sam2.1-tiny'],
  ['nano', defaultModel],
] as const satisfies readonly (readonly [ModelSize, string])[];

/** The models to try for a size: its own, then the smaller ones. */
const modelsUpTo = (wanted: ModelSize): string[] => ladder.slice(ladder.findIndex(([size]) => size === wanted)).map(([, id]) => id);

const unwatched: LoadWatch = { signal: new AbortController().signal, onProgress: () => {} };

/** The machine is looked at only where the CPU does the work. */
const adviceFor = async (peer: EnginePeer, used: UsedProvider): Promise<string | null> => {
  if (used.provider !== 'cpu') return null;
  try {
    return gpuAdvice(used, await peer.call('inspectProviders', {}));
  } catch {
    // Advice is no reason for a model not to load.
    return null;
  }
};

export class ActiveModel {
  readonly #options: ActiveModelOptions;
  #spec: string;
  #isOwnChoice: boolean;
  #isRemembered = false;
  #engineModel: EngineModel | null = null;
  #view: ModelsState['active'] = null;
  #loading: ModelsState['loading'] = null;
  #isSwitching = false;

  constructor(options: ActiveModelOptions) {
    this.#options = options;
    this.#spec = options.model ?? defaultModel;
    this.#isOwnChoice = options.model !== undefined;
  }

  /** What the engine has loaded; null while it loads. */
  get engineModel(): EngineModel | null {
    return this.#isSwitching ? null : this.#engineModel;
  }

  get view(): ModelsState['active'] {
    return this.#view;
  }

  /** What a fresh engine is being given, and how far that is. */
  get loading(): ModelsState['loading'] {
    return this.#loading;
  }

  /** How a model is loaded here. */
  get choice(): Pick<EngineInput<'loadModel'>, 'provider' | 'threads' | 'precision'> {
    const { provider = 'auto', threads, precision } = this.#options;
    return { provider, threads, precision: precision() };
  }

  get isSwitching(): boolean {
    return this.#isSwitching;
  }

  /** The choice of an earlier run, where none was made for this one. */
  prefer(spec: string | null): void {
    if (spec === null || this.#isOwnChoice) return;
    this.#spec = spec;
    this.#isRemembered = true;
  }

  /**
   * Loads the chosen model into a fresh engine; one that was only remembered and can't be used any more gives way to
   * the default.
   */
  async load(peer: EnginePeer): Promise<void> {
    const { size } = this.#options;
    const wanted = size && (size.isFirm || !this.#isRemembered) ? size.wanted : 'auto';
    if (!this.#isOwnChoice && wanted !== 'auto') {
      await this.#loadUpTo(peer, wanted);
      return;
    }
    try {
      await this.#loadShown(peer, this.#spec);
    } catch (error) {
      const known = AppError.from(error);
      if (this.#isOwnChoice || this.#spec === defaultModel || !known.code.startsWith('model-')) throw error;
      this.#options.notify('warning', `${known.message} The model "${defaultModel}" is used instead.`);
      this.#spec = defaultModel;
      await this.#loadShown(peer, defaultModel);
    }
  }

  /** The largest model up to a size that is installed. */
  async #loadUpTo(peer: EnginePeer, wanted: ModelSize): Promise<void> {
    for (const spec of modelsUpTo(wanted)) {
      try {
        await this.#loadShown(peer, spec);
      } catch (error) {
        const { code } = AppError.from(error);
        if (spec === defaultModel || !code.startsWith('model-')) throw error;
        continue;
      }
      this.#spec = spec;
      this.#isOwnChoice = true;
      if (spec !== modelsUpTo(wanted)[0])
        this.#options.notify(
          this.#options.size?.isFirm ? 'warning' : 'info',
          `The settings ask for the model size "${wanted}", which is not installed. "${spec}" is used instead; install the other under Models.`,
        );
      return;
    }
  }

  /**
   * Puts another model to work; `user` goes along with it. When that fails or is given up, the former model is at work
   * again.
   * @throws AppError why not, `cancelled` too; its detail `isLost` is true when there is no model now
   */
  async switchTo(spec: string, peer: EnginePeer, user: ModelUser | null, watch: LoadWatch): Promise<void> {
    if (this.#isSwitching) throw new AppError('busy', 'Another model is being loaded. Wait until it is ready.');
    this.#setSwitching(true);
    let isReplaced = false;
    try {
      const model = await this.#load(peer, await this.#find(spec), watch);
      isReplaced = true;
      watch.signal.throwIfAborted();
      await user?.adoptModel(model, watch);
      this.#spec = spec;
      this.#isOwnChoice = true;
    } catch (error) {
      const known = AppError.from(error);
      // The engine gives up only while it still has the former one. One that died loads that by itself when it is back.
      const isUntouched = (known.code === 'cancelled' && !isReplaced) || known.code === 'engine-lost';
      if (!isUntouched) await this.#restore(peer, user, known);
      throw known;
    } finally {
      this.#setSwitching(false);
    }
  }

  async #restore(peer: EnginePeer, user: ModelUser | null, reason: AppError): Promise<void> {
    try {
      await this.#load(peer, await this.#find(this.#spec), unwatched);
      await user?.readoptModel();
    } catch (error) {
      this.#view = null;
      this.#engineModel = null;
      throw new AppError(reason.code, `${reason.message} The previous model could not be loaded either: ${AppError.from(error).message}`, {
        cause: error,
        details: { isLost: true },
      });
    }
  }

  #find(spec: string): Promise<FoundModel> {
    return findModel(this.#options.modelsDir, spec);
  }

  /** There is no model to go on with, so this is not to be given up; whoever waits sees what for and how far it is. */
  async #loadShown(peer: EnginePeer, spec: string): Promise<void> {
    const found = await this.#find(spec);
    const name = 'dir' in found ? basename(found.dir) : found.model.name;
    const meter = new RateMeter();
    const show = (loading: ModelsState['loading']): void => {
      this.#loading = loading;
      this.#options.onChange();
    };
    show({ name, done: 0, total: 0, etaMs: null });
    try {
      await this.#load(peer, found, {
        ...unwatched,
        onProgress: (done, total) => {
          meter.add(done, performance.now());
          show({ name, done, total, etaMs: meter.msLeft(done, total) });
        },
      });
    } finally {
      show(null);
    }
  }

  /** @throws AppError `cancelled` only while the former model is still at work */
  async #load(peer: EnginePeer, found: FoundModel, { signal, onProgress }: LoadWatch): Promise<EngineModel> {
    const { installedDir, provider = 'auto' } = this.#options;
    const engine = engineCheckpoints(() => peer);
    const bundleDir = 'dir' in found ? found.dir : await engine.bundleFor(found.model, found.imageSize, installedDir, signal);
    const loaded = await engine.load(bundleDir, this.choice, signal, onProgress);
    this.#engineModel = loaded;
    const { id, name, imageSize, provider: used, providerReason } = loaded;
    const advice = await adviceFor(peer, { provider: used, providerReason, asked: provider });
    this.#view = { id: 'dir' in found ? id : found.model.id, name, imageSize, provider: used, providerReason, advice };
    this.#options.onChange();
    return loaded;
  }

  #setSwitching(isSwitching: boolean): void {
    this.#isSwitching = isSwitching;
    this.#options.onChange();
  }
}
