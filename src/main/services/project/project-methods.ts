/** The contract's methods on projects. */
import { basename } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { Handlers } from '../app/client-link.ts';
import type { Operations } from '../base/operations.ts';
import type { SessionService } from '../session/session-service.ts';
import type { LiveService } from '../streams/live-service.ts';
import type { Projects } from './projects.ts';

export interface ProjectServices {
  readonly session: SessionService;
  readonly projects: Projects;
  readonly operations: Operations;
  readonly live: Pick<LiveService, 'refuse'>;
  checkPath(path: string): Promise<void>;
  openProject(folder: string): Promise<SessionService>;
}

export const projectMethods = (services: ProjectServices): Pick<Handlers, Extract<keyof Handlers, `project.${string}`>> => ({
  'project.open': async ({ path }) => {
    await services.projects.allow(path, () => services.checkPath(path));
    await services.openProject(path);
    return {};
  },
  'project.relink': async ({ project, path }) => {
    await services.projects.allow(project, () => services.checkPath(project));
    await services.checkPath(path);
    await services.projects.relink(project, path);
    await services.openProject(project);
    return {};
  },
  'project.export': async ({ directory, withClip }) => {
    await services.checkPath(directory);
    services.live.refuse('You can copy the project');
    const { current } = services.projects;
    if (!current) throw new AppError('session-unknown', 'No project is open. Open a clip first.');
    if (services.operations.isRunning('copy'))
      throw new AppError('busy', 'A copy is already being made. Cancel it first, or wait until it is done.');
    const clip = withClip ? services.session.path : null;
    const ending = new AbortController();
    const operationId = services.operations.start(
      'copy',
      'Copy project',
      async ({ progress, addOutput }) => {
        const path = await current.exportTo(directory, clip, ending.signal, progress);
        addOutput({ name: basename(path), path, url: null });
        return 'done';
      },
      () => ending.abort(),
    );
    return { operationId };
  },
  'project.forget': async ({ path }) => {
    await services.projects.forget(path);
    return {};
  },
  'project.thumbnail': async ({ path }) => ({ url: await services.projects.thumbnail(path) }),
});
