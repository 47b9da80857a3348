/** The proxy for downloads: its address is a setting, its password a secret, and no client is told that. */
import { AppError } from '../../../shared/errors.ts';
import { checkProxy, hasPassword, type ProxyEnvironment, proxyEnvironment, withoutPassword } from '../download/download-address.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import type { ModelDeps } from './model-deps.ts';
import { changeModelSettings } from './model-settings.ts';

export interface DownloadProxyOptions {
  settingsPath: string;
  secrets: SecretStore;
}

export class DownloadProxy {
  readonly #options: DownloadProxyOptions;
  readonly #deps: Pick<ModelDeps, 'notify' | 'onChange'>;
  #address: string | null = null;

  constructor(options: DownloadProxyOptions, deps: Pick<ModelDeps, 'notify' | 'onChange'>) {
    this.#options = options;
    this.#deps = deps;
  }

  /** With its password; null = none was set in the app. */
  get address(): string | null {
    return this.#address;
  }

  get shown(): string | null {
    return this.#address && withoutPassword(this.#address);
  }

  get environment(): ProxyEnvironment {
    return proxyEnvironment(this.#address, process.env);
  }

  /** @param kept the proxy of the settings, whose password is kept apart */
  async start(kept: string | null): Promise<void> {
    if (kept !== null && hasPassword(kept)) return this.#keep(kept);
    this.#address = kept;
    try {
      const secret = await this.#options.secrets.get('download-proxy');
      if (secret !== null && (kept === null || withoutPassword(secret) === kept)) this.#address = checkProxy(secret);
    } catch (error) {
      this.#deps.notify('warning', `The proxy for downloads is used without its password: ${AppError.from(error).message}`);
    }
  }

  /** @throws AppError for what is no proxy's address */
  async set(proxy: string | null): Promise<void> {
    const checked = checkProxy(proxy);
    // As it is shown, so without the password: nothing was changed.
    if (checked !== null && checked === this.shown) return;
    await this.#keep(checked);
    this.#deps.onChange();
  }

  async #keep(proxy: string | null): Promise<void> {
    const isSecret = proxy !== null && hasPassword(proxy);
    try {
      await this.#options.secrets.set('download-proxy', isSecret ? proxy : null);
    } catch (error) {
      this.#deps.notify('warning', `The proxy's password is used until the app closes, but not saved. ${AppError.from(error).message}`);
    }
    await changeModelSettings(this.#options.settingsPath, { proxy: proxy && withoutPassword(proxy) });
    this.#address = proxy;
  }
}
