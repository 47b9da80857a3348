/** `sam2-video find`: finds objects in a clip by itself, tracks them, and writes what was found. */
import { resolve } from 'node:path';
import { type DiscoverySettings, discoverySettingsSchema } from '../../shared/discovery.ts';
import { AppError } from '../../shared/errors.ts';
import { openSource } from '../services/app/open-source.ts';
import type { Services } from '../services/app/services.ts';
import type { SessionService } from '../services/session/session-service.ts';
import { type EngineOptions, makeServices } from './headless.ts';
import { type CliOutput, inputsOf, requireOutputs, stillFree } from './output-options.ts';
import { exitCodes, ProgressView, withInterrupt } from './terminal.ts';

/** What "find" and "live --find" are told about what to look for, as it is typed. */
interface DiscoveryOptions {
  strategy?: string | undefined;
  classes?: string | undefined;
  density?: string | undefined;
  interval?: string | undefined;
  minArea?: string | undefined;
  minFrames?: string | undefined;
  maxObjects?: string | undefined;
}

export interface FindOptions extends EngineOptions, DiscoveryOptions {
  out: string;
  video: boolean;
  masks: boolean;
  overwrite: boolean;
}

/** How each is typed, for messages. */
const flags: Readonly<Record<string, string>> = {
  strategy: '--strategy',
  classes: '--classes',
  density: '--density',
  interval: '--interval',
  minArea: '--min-area',
  minFrames: '--min-frames',
  maxObjects: '--max-objects',
};

/** @throws AppError `bad-request` that names the option and what it takes */
const discoverySettings = (options: DiscoveryOptions): DiscoverySettings => {
  const { strategy, classes } = options;
  const number = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : text.trim() === '' ? Number.NaN : Number(text);
  const names = classes
    ?.split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const parsed = discoverySettingsSchema.safeParse({
    strategy,
    classes: names,
    density: number(options.density),
    interval: number(options.interval),
    minArea: number(options.minArea),
    minFrames: number(options.minFrames),
    maxObjects: number(options.maxObjects),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError('bad-request', `${flags[String(issue?.path[0])] ?? 'An option'} can't be used: ${issue?.message}.`);
};

/** Runs an operation with a progress bar. @throws AppError why it failed */
const follow = async (services: Services, id: string, progress: ProgressView): Promise<void> => {
  const timer = setInterval(() => progress.show(services.operations.get(id)!), 100);
  const ended = await services.operations.ended(id).finally(() => clearInterval(timer));
  progress.show(ended);
  if (ended.error) throw AppError.deserialize(ended.error);
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
  const settings = discoverySettings(options);
  const output: CliOutput = {
    directory: resolve(options.out),
    video: options.video,
    masks: options.masks,
    contactSheet: false,
    overwrite: options.overwrite,
    inputs: inputsOf(clip, [], options),
  };
  await requireOutputs(output);
  const services = await makeServices(options, { firstClip: clip });
  const progress = new ProgressView();
  let isInterrupted = false;
  try {
    services.engine.require();
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
