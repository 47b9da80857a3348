/** The app's services with their engine, without a window: what every bench of the whole pipeline runs on. */
import { tmpdir } from 'node:os';
import { createServices } from '../src/main/services/app/create-services.ts';
import type { Services } from '../src/main/services/app/services.ts';
import type { ServicesOptions } from '../src/main/services/app/services-options.ts';
import { appPaths } from '../src/main/services/base/app-paths.ts';
import { forkEngine } from '../src/main/services/engine-link/fork-engine.ts';

/** @throws AppError why the engine or the model can't be used */
export const startServices = async (
  options: Pick<ServicesOptions, 'model' | 'provider' | 'threads' | 'precision' | 'firstClip'>,
): Promise<Services> => {
  const paths = appPaths();
  const services = createServices({
    host: 'web',
    appVersion: 'bench',
    spawnEngine: () => forkEngine(),
    modelsDir: paths.models,
    sampleClip: paths.sampleClip,
    exportRoot: tmpdir(),
    ...options,
  });
  await services.start();
  services.engine.require();
  return services;
};
