/** The contract's methods on projects. */
import { basename } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { requireFolder } from '../../common/require-folder.ts';
import type { Handlers, MethodsOf } from '../base/handlers.ts';
import type { Operations } from '../base/operations.ts';
import type { GetSession } from '../session/session-methods.ts';
import type { SessionService } from '../session/session-service.ts';
import type { Projects } from './projects.ts';

export interface ProjectMethodsDeps {
  session: GetSession;
  projects: Projects;
  operations: Operations;
  /** @throws AppError `not-allowed` for a path that a client may not use */
  checkPath: (path: string) => Promise<void>;
  /** Opens a project's folder as a session. */
  open: (folder: string) => Promise<SessionService>;
}

export const projectMethods = (deps: ProjectMethodsDeps): Handlers<MethodsOf<'project'>> => {
  const { session, projects, operations, checkPath, open } = deps;
  return {
    'project.open': async ({ path }) => {
      await projects.allow(path, () => checkPath(path));
      return { sessionId: (await open(path)).id };
    },
    'project.relink': async ({ project, path }) => {
      await projects.allow(project, () => checkPath(project));
      await checkPath(path);
      await projects.relink(project, path);
      return { sessionId: (await open(project)).id };
    },
    'project.export': async ({ sessionId, directory, withClip }) => {
      await checkPath(directory);
      requireFolder(directory);
      const copied = session(sessionId);
      copied.requireClip('You can copy the project');
      const project = projects.of(sessionId);
      if (!project) throw new AppError('session-unknown', 'This session has no project. Open a clip first.');
      if (operations.isRunning('copy', sessionId))
        throw new AppError('busy', 'A copy is already being made. Cancel it first, or wait until it is done.');
      const clip = withClip ? copied.path : null;
      const ending = new AbortController();
      const operationId = operations.start(
        'copy',
        'Copy project',
        async ({ progress, addOutput }) => {
          const path = await project.exportTo(directory, clip, ending.signal, progress);
          addOutput({ name: basename(path), path, url: null });
          return 'done';
        },
        () => ending.abort(),
        { sessionId },
      );
      return { operationId };
    },
    'project.forget': async ({ path }) => {
      await projects.forget(path);
      return {};
    },
    'project.thumbnail': async ({ path }) => ({ url: await projects.thumbnail(path) }),
  };
};
