/** Putting another model to work, as work of the app that is named, shown and can be given up. */
import { AppError } from '../../../shared/errors.ts';
import type { ActiveModel } from './active-model.ts';
import type { ModelHost } from './model-host.ts';
import { changeModelSettings } from './model-settings.ts';

export interface ModelSwitchOptions {
  active: ActiveModel;
  settingsPath: string;
  /** What is chosen is remembered for the next start. */
  remembers: boolean;
}

export class ModelSwitch {
  readonly #options: ModelSwitchOptions;
  readonly #host: ModelHost;

  constructor(options: ModelSwitchOptions, host: ModelHost) {
    this.#options = options;
    this.#host = host;
  }

  /**
   * The clip, its objects and prompts stay, and what was tracked stays until it is tracked again. When the model can't be used, or
   * the user gives it up, the former one goes on.
   * @param spec "<id>", "<id>@<image size>" or a bundle's folder
   * @param name shown while it is loaded
   */
  async to(spec: string, name: string): Promise<void> {
    const { active, remembers, settingsPath } = this.#options;
    if (active.loading) throw new AppError('busy', `${active.loading.name} is being loaded. Choose another model when it is ready.`);
    if (this.#host.isWorking())
      throw new AppError(
        'busy',
        'You can change the model when tracking and exports are done and no source is live. Stop them first (Esc). Finished work is kept.',
      );
    const peer = this.#host.peer();
    const session = this.#host.session();
    const former = active.view?.name;
    const ending = new AbortController();
    this.#host.onEngine('starting', `Loading ${name}…`);
    try {
      await this.#host.operate(
        'model',
        name,
        ({ progress }) => active.switchTo(spec, peer, session, { signal: ending.signal, onProgress: progress }),
        () => {
          if (former) this.#host.onEngine('starting', `Returning to ${former}…`);
          ending.abort();
        },
      );
      this.#host.onEngine('ready', null);
    } catch (error) {
      const known = AppError.from(error);
      if (known.details?.isLost) this.#host.onEngine('failed', known.message);
      else if (known.code !== 'engine-lost') this.#host.onEngine('ready', null);
      throw known;
    }
    // A disk that refuses to remember it is no reason to refuse the model.
    if (remembers) await changeModelSettings(settingsPath, { model: spec }).catch(() => {});
    if (session?.objects.some(({ results }) => results.length > 0)) {
      this.#host.notify('info', `${session.model.name} is now active. Masks tracked before are kept. Press Track to track again with it.`);
    }
  }
}
