/** The contract's methods on the app itself, and those that open and close sessions. */
import type { Handlers, MethodsOf } from '../base/handlers.ts';
import { isProjectFolder } from '../project/project.ts';
import { imageRateOf, importSource } from '../sources/import-source.ts';
import { diagnosticsText } from './diagnostics.ts';
import type { Services } from './services.ts';

type AppMethod =
  | MethodsOf<'app' | 'operation'>
  | 'session.open'
  | 'session.openSample'
  | 'session.close'
  | 'session.watch'
  | 'session.setMemory';

/** @param sampleClip the bundled clip */
export const appMethods = (services: Services, sampleClip: string): Handlers<AppMethod> => {
  const { sessions, sources, settings, operations, notices, log, engine, clients, checkPath } = services;
  return {
    'app.state': () => services.state,
    'app.dismissNotice': ({ id }) => {
      notices.dismiss(id);
      return {};
    },
    'app.usage': () => engine.usage(),
    'app.restartEngine': () => {
      void engine.restart();
      return {};
    },
    'app.log': ({ lines }) => ({ lines: log.last(lines) }),
    'app.doctor': () => services.examine(),
    'app.diagnostics': async ({ withPaths }) => ({ text: diagnosticsText(await services.examine(), services, withPaths) }),
    'operation.cancel': ({ operationId }) => {
      operations.cancel(operationId);
      return {};
    },

    'session.open': async ({ path, isNew }) => {
      const source = isProjectFolder(path) ? null : importSource(path, imageRateOf(settings.values));
      if (source?.kind !== 'network' && !sources.store.owns(path)) await checkPath(path);
      if (source) return { sessionId: null, operationId: sources.imports.start(source) };
      return { sessionId: (await sessions.openWork(path, isNew)).id, operationId: null };
    },
    'session.openSample': async () => ({ sessionId: (await sessions.openWork(sampleClip)).id }),
    'session.close': async ({ sessionId }) => {
      if (!services.streams.unview(sessionId)) await sessions.close(sessionId, true);
      return {};
    },
    'session.watch': ({ sessionId }, client) => {
      if (sessionId !== null) sessions.used(sessionId);
      clients.watch(client, sessionId);
      return {};
    },
    'session.setMemory': ({ sessionId, memory }) => {
      sessions.used(sessionId).setMemory(memory);
      // Sessions opened later begin with it.
      settings.set('track.memory', memory);
      return {};
    },
  };
};
