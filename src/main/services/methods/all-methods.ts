/** Every method of the contract but the models'. */
import type { Handlers } from '../client-link.ts';
import { type EditServices, editMethods } from './edit-methods.ts';
import { type LiveServices, liveMethods } from './live-methods.ts';
import { type ProjectServices, projectMethods } from './project-methods.ts';
import { importMethods, type SessionServices, sessionMethods } from './session-methods.ts';
import { settingsMethods } from './settings-methods.ts';

type AllServices = EditServices & ProjectServices & SessionServices & LiveServices & Parameters<typeof settingsMethods>[0];

export const allMethods = (services: AllServices): Handlers => ({
  ...editMethods(services),
  ...projectMethods(services),
  ...settingsMethods(services),
  ...sessionMethods(services),
  ...importMethods(services),
  ...liveMethods(services),
});
