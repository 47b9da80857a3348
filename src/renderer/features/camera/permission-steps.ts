/**
 * What a user does, in order, when a camera is not allowed: it depends on the system, and on whether a browser is in
 * between.
 */
import { cameraText } from './strings.ts';

const { steps } = cameraText;

const systemStep = (userAgent: string, isDesktop: boolean): string | null => {
  if (/Windows/.test(userAgent)) return steps.windows;
  if (/Mac OS X/.test(userAgent)) return steps.mac(isDesktop ? steps.thisApp : steps.browser);
  return /Linux/.test(userAgent) ? steps.linux : null;
};

export const permissionSteps = (userAgent: string, isDesktop: boolean): string[] =>
  [isDesktop ? null : steps.page, systemStep(userAgent, isDesktop)].filter((step) => step !== null);
