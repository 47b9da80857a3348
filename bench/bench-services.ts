/** The app's services with their engine, without a window: what every bench of the whole pipeline runs on. */
import { tmpdir } from 'node:os';
import type { AppServices } from '../src/main/services/app/app-services.ts';
import type { AppServicesOptions } from '../src/main/services/app/app-services-options.ts';
import { createAppServices } from '../src/main/services/app/create-app-services.ts';
import { appPaths } from '../src/main/services/base/app-paths.ts';
import { forkEngine } from '../src/main/services/engine-link/fork-engine.ts';

/** @throws AppError why the engine or the model can't be used */
export const startServices = async (
  options: Pick<AppServicesOptions, 'model' | 'provider' | 'threads' | 'precision' | 'firstClip'>,
): Promise<AppServices> => {
  const paths = appPaths();
  const services = await createAppServices({
    host: 'web',
    appVersion: 'bench',
    spawnEngine: () => forkEngine(),
    modelsDir: paths.models,
    sampleClip: paths.sampleClip,
    exportRoot: tmpdir(),
    ...options,
  });
  services.requireEngine();
  return services;
};
