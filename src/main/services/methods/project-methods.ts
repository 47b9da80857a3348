/** The contract's methods on projects. */
import { AppError } from '../../../shared/errors.ts';
import type { Handlers } from '../client-link.ts';
import type { Projects } from '../project/projects.ts';
import type { SessionService } from '../session-service.ts';

export interface ProjectServices {
  readonly session: SessionService;
  readonly projects: Projects;
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
    const { current } = services.projects;
    if (!current) throw new AppError('session-unknown', 'No project is open. Open a clip first.');
    return { path: await current.exportTo(directory, withClip ? services.session.path : null) };
  },
  'project.forget': async ({ path }) => {
    await services.projects.forget(path);
    return {};
  },
  'project.thumbnail': async ({ path }) => ({ url: await services.projects.thumbnail(path) }),
});
