/** Every method of the contract but the models'. */

import { type ProjectServices, projectMethods } from '../project/project-methods.ts';
import { type EditServices, editMethods } from '../session/edit-methods.ts';
import { settingsMethods } from '../settings/settings-methods.ts';
import { type LiveServices, liveMethods } from '../streams/live-methods.ts';
import type { Handlers } from './client-link.ts';
import { importMethods, type SessionServices, sessionMethods } from './session-methods.ts';

type AllServices = EditServices & ProjectServices & SessionServices & LiveServices & Parameters<typeof settingsMethods>[0];

export const allMethods = (services: AllServices): Handlers => ({
  ...editMethods(services),
  ...projectMethods(services),
  ...settingsMethods(services),
  ...sessionMethods(services),
  ...importMethods(services),
  ...liveMethods(services),
});
