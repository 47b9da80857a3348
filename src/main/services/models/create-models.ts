/** Puts together what the app does with models. */
import { join } from 'node:path';
import type { Precision, Provider } from '../../engine/api/providers.ts';
import { installedModelsDir, userDataDir } from '../base/app-paths.ts';
import { EnvironmentSecrets, type SecretStore } from '../secrets/secret-store.ts';
import { ActiveModel, type SizeAtStart } from './active-model.ts';
import { engineCheckpoints } from './checkpoints.ts';
import type { ModelDeps } from './model-deps.ts';
import { ModelInstaller } from './model-installer.ts';
import { ModelService } from './model-service.ts';

export interface ModelOptions {
  modelsDir: string;
  sampleClip: string;
  /** What the app keeps for its user; app-paths.ts says where by default. */
  dataDir?: string | undefined;
  appVersion: string;
  /** "<id>", "<id>@<image size>" or a bundle's folder; undefined = the default. */
  model?: string | undefined;
  /** Without `model` starts with the one that was chosen last, and remembers what is chosen. */
  remembersModel?: boolean | undefined;
  size?: SizeAtStart | undefined;
  provider?: Provider | 'auto' | undefined;
  threads?: number | undefined;
  /** Of the CPU; undefined = as the settings say when a model is loaded. */
  precision?: Precision | undefined;
  /** Where passwords are kept; by default they come from the environment alone. */
  secrets?: SecretStore | undefined;
  /** Refuses a path a client may not open, by throwing. */
  checkPath?: ((path: string) => Promise<void>) | undefined;
}

export const createModels = (options: ModelOptions, host: ModelDeps): ModelService => {
  const { modelsDir, appVersion, dataDir = userDataDir() } = options;
  const installedDir = installedModelsDir(dataDir);
  const checkpoints = engineCheckpoints(() => host.peer());
  return new ModelService(
    {
      installer: new ModelInstaller({ modelsDir, installedDir, appVersion, checkpoints }),
      active: new ActiveModel({
        ...options,
        installedDir,
        precision: () => options.precision ?? host.precision(),
        notify: (level, text) => host.notify(level, text),
        onChange: () => host.onChange(),
      }),
      settingsPath: join(dataDir, 'models.json'),
      secrets: options.secrets ?? new EnvironmentSecrets(),
      sampleClip: options.sampleClip,
      remembers: options.remembersModel ?? false,
      checkPath: options.checkPath,
    },
    host,
  );
};
