import { AppServices } from './app-services.ts';
import type { AppServicesOptions } from './app-services-options.ts';

/** The services with their engine started (see `state.engine` for how that went). */
export const createAppServices = async (options: AppServicesOptions): Promise<AppServices> => {
  const services = new AppServices(options);
  await services.start();
  return services;
};
