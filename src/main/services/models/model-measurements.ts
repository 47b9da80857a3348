/** Measuring how fast a model is here: the one at work in the app's engine, another in an engine of its own. */
import { AppError } from '../../../shared/errors.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import type { ActiveModel } from './active-model.ts';
import { measureApart } from './measure-apart.ts';
import type { ModelDeps } from './model-deps.ts';
import type { ModelInstaller } from './model-installer.ts';
import { type ModelSpeeds, measureSpeed, speedOf, speedRunId } from './model-speeds.ts';

export interface MeasurementOptions {
  installer: ModelInstaller;
  active: ActiveModel;
  speeds: ModelSpeeds;
  sampleClip: string;
}

export interface MeasuredModel {
  id: string;
  imageSize: number;
}

type Listener = (done: number) => void;

export class ModelMeasurements {
  readonly #options: MeasurementOptions;
  readonly #deps: ModelDeps;
  #isMeasuring = false;
  #cancelApart: (() => void) | null = null;
  #onFrame: Listener | null = null;

  constructor(options: MeasurementOptions, deps: ModelDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  get isMeasuring(): boolean {
    return this.#isMeasuring;
  }

  /**
   * Makes way for work of the user: an engine apart is ended.
   * @throws AppError `busy` while the engine at work is measured
   */
  giveWay(): void {
    if (this.#cancelApart !== null) this.#cancelApart();
    else if (this.#isMeasuring) throw new AppError('busy', 'The speed of the model is being measured. Try again in a moment.');
  }

  /** A frame of any run of the app's engine; that of the measurement is told on. */
  onTrackedFrame({ runId, done }: { runId: string; done: number }): void {
    if (runId === speedRunId) this.#onFrame?.(done);
  }

  /**
   * @param model undefined: the active one
   * @throws AppError `busy`, `model-missing`, `cancelled`, and whatever loading throws
   */
  async measure(model: MeasuredModel | undefined): Promise<void> {
    const { active } = this.#options;
    if (this.#isMeasuring || active.isSwitching || this.#deps.isWorking())
      throw new AppError(
        'busy',
        'The speed can only be measured while nothing else runs. Wait until tracking and exports are done, or cancel them.',
      );
    this.#isMeasuring = true;
    this.#deps.onChange();
    try {
      const isActive = model === undefined || (model.id === active.view?.id && model.imageSize === active.view.imageSize);
      await (isActive ? this.#measureActive() : this.#measureApart(model));
    } finally {
      this.#isMeasuring = false;
      this.#cancelApart = null;
      this.#deps.onChange();
    }
  }

  async #measureActive(): Promise<void> {
    const { active, sampleClip, speeds } = this.#options;
    const { view } = active;
    if (!view) throw new AppError('model-missing', 'No model is active. Choose one first.');
    const ending = new AbortController();
    const peer: EnginePeer = this.#deps.peer();
    const cancel = (): void => {
      ending.abort();
      peer.call('cancel', { runId: speedRunId }).catch(() => {});
    };
    const listen = (listener: Listener | null): void => {
      this.#onFrame = listener;
    };
    await this.#deps.operate(
      'measure',
      view.name,
      async ({ progress }) => {
        const speed = await measureSpeed(peer, sampleClip, { signal: ending.signal, onFrames: progress, listen });
        await speeds.record(speedOf(view, view.id, 1, speed));
      },
      cancel,
    );
  }

  async #measureApart({ id, imageSize }: MeasuredModel): Promise<void> {
    const { installer, active, sampleClip, speeds } = this.#options;
    const model = await installer.model(id);
    const ending = new AbortController();
    const cancel = (): void => ending.abort(new AppError('cancelled', 'The measurement was cancelled.'));
    this.#cancelApart = cancel;
    await this.#deps.operate(
      'measure',
      model.name,
      async ({ progress }) => {
        const speed = await measureApart({
          ...{ spawn: this.#deps.spawnEngine, model, imageSize, installedDir: installer.installedDir },
          ...{ choice: active.choice, clip: sampleClip, signal: ending.signal, onFrames: progress },
        });
        await speeds.record(speed);
      },
      cancel,
    );
  }
}
