/** `sam2-video find`: finds objects in a clip by itself, tracks them, and writes what was found. */
import { AppError } from '../../shared/errors.ts';
import { discoveryOf } from '../../shared/prompt-settings.ts';
import { openSource } from '../services/app/open-source.ts';
import type { Services } from '../services/app/services.ts';
import type { SessionService } from '../services/session/session-service.ts';
import { type DiscoveryOptions, typedDiscovery } from './discovery-options.ts';
import { type EngineOptions, makeServices } from './headless.ts';
import { type HideOptions, outputOf, redactionOf, requireOutputs, stillFree } from './output-options.ts';
import { exitCodes, ProgressView, showUntilEnded, withInterrupt } from './terminal.ts';

export interface FindOptions extends EngineOptions, DiscoveryOptions, HideOptions {
  out: string;
  video: boolean;
  masks: boolean;
  overwrite: boolean;
}

/** Runs an operation with a progress bar. @throws AppError why it failed */
const follow = async (services: Services, id: string, progress: ProgressView): Promise<void> => {
  const { error } = await showUntilEnded(services.operations, id, progress);
  if (error) throw AppError.deserialize(error);
};

const summary = (session: SessionService): string => {
  const objects = session.objects.filter(({ found }) => found);
  if (objects.length === 0) return 'No object was found.\n';
  const lines = objects.map(({ name, found, results }) => {
    const [first, last] = [results[0]![0], results.at(-1)![1]];
    return `${name}\tframes ${first} to ${last}\t${found!.source}, score ${found!.score.toFixed(2)}`;
  });
  return `${lines.join('\n')}\n`;
};

export const runFindCommand = async (clip: string, options: FindOptions): Promise<number> => {
  const typed = typedDiscovery(options);
  const output = { ...outputOf(options, clip, []), ...redactionOf(options) };
  await requireOutputs(output);
  const services = await makeServices(options, { firstClip: clip });
  const progress = new ProgressView();
  let isInterrupted = false;
  try {
    services.engine.require();
    const settings = { ...discoveryOf(services.settings.values), ...typed };
    await services.find.checkClasses(settings.classes);
    const interrupt = (): void => {
      isInterrupted = true;
      void services.operations.cancelAll(['import', 'find', 'export']);
    };
    return await withInterrupt(interrupt, async () => {
      const session = await openSource(services, clip);
      if (isInterrupted) return exitCodes.interrupted;
      await follow(services, services.find.start(session, { settings }), progress);
      progress.end();
      process.stdout.write(summary(session));
      const exportId = services.exports.start(session, {
        ...output,
        directory: await stillFree(output),
        json: true,
        partial: isInterrupted,
      });
      await follow(services, exportId, progress);
      progress.end();
      for (const { name, path } of services.operations.get(exportId)!.outputs) process.stdout.write(`${name}: ${path}\n`);
      return isInterrupted ? exitCodes.interrupted : exitCodes.done;
    });
  } finally {
    progress.end();
    await services.close();
  }
};
