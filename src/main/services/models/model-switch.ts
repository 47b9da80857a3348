/** Putting another model to work, as work of the app that is named, shown and can be given up. */
import { AppError } from '../../../shared/errors.ts';
import type { ActiveModel } from './active-model.ts';
import type { ModelDeps } from './model-deps.ts';
import { changeModelSettings } from './model-settings.ts';

export interface ModelSwitchOptions {
  active: ActiveModel;
  settingsPath: string;
  /** What is chosen is remembered for the next start. */
  remembers: boolean;
}

export class ModelSwitch {
  readonly #options: ModelSwitchOptions;
  readonly #deps: ModelDeps;

  constructor(options: ModelSwitchOptions, deps: ModelDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /**
   * The clip, its objects and prompts stay, and what was tracked stays until it is tracked again. When the model can't
   * be used, or the user gives it up, the former one goes on.
   * @param spec "<id>", "<id>@<image size>" or a bundle's folder
   * @param name shown while it is loaded
   */
  async to(spec: string, name: string): Promise<void> {
    const { active, remembers, settingsPath } = this.#options;
    if (active.loading) throw new AppError('busy', `${active.loading.name} is being loaded. Choose another model when it is ready.`);
    if (this.#deps.isWorking())
      throw new AppError(
        'busy',
        'You can change the model when tracking and exports are done and no source is live. Stop them first (Esc). Finished work is kept.',
      );
    const peer = this.#deps.peer();
    const sessions = this.#deps.sessions();
    const former = active.view?.name;
    const ending = new AbortController();
    this.#deps.onEngine('starting', `Loading ${name}…`);
    try {
      await this.#deps.operate(
        'model',
        name,
        ({ progress }) => active.switchTo(spec, peer, sessions, { signal: ending.signal, onProgress: progress }),
        () => {
          if (former) this.#deps.onEngine('starting', `Returning to ${former}…`);
          ending.abort();
        },
      );
      this.#deps.onEngine('ready', null);
    } catch (error) {
      const known = AppError.from(error);
      if (known.details?.isLost) this.#deps.onEngine('failed', known.message);
      else if (known.code !== 'engine-lost') this.#deps.onEngine('ready', null);
      throw known;
    }
    // A disk that refuses to remember it is no reason to refuse the model.
    if (remembers) await changeModelSettings(settingsPath, { model: spec }).catch(() => {});
    if (sessions.hasResults) {
      const { name: active } = this.#options.active.view ?? { name };
      this.#deps.notify('info', `${active} is now active. Masks tracked before are kept. Press Track to track again with it.`);
    }
  }
}
