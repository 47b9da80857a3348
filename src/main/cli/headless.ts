/** The services without a window, as the commands use them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { type MemorySettings, memoryPolicyNames, memorySettingsSchema } from '../../shared/memory-settings.ts';
import { type Precision, type Provider, precisionNames, providerNames } from '../engine/api/providers.ts';
import { createServices } from '../services/app/create-services.ts';
import type { Services } from '../services/app/services.ts';
import type { ServicesOptions } from '../services/app/services-options.ts';
import { type AppPaths, appPaths } from '../services/base/app-paths.ts';
import { forkEngine } from '../services/engine-link/fork-engine.ts';
import { askToInstall, tellOneThing } from './terminal.ts';

export interface EngineOptions {
  model?: string | undefined;
  provider?: string | undefined;
  threads?: string | undefined;
  precision?: string | undefined;
  ffmpeg?: string | undefined;
  memory?: string | undefined;
  gate?: string | undefined;
}

export const appVersion = (paths: AppPaths): string =>
  (JSON.parse(readFileSync(join(paths.root, 'package.json'), 'utf8')) as { version: string }).version;

const checkProvider = (name: string | undefined): Provider | 'auto' => {
  if (name === undefined || name === 'auto') return 'auto';
  if ((providerNames as readonly string[]).includes(name)) return name as Provider;
  throw new AppError('bad-request', `There is no provider "${name}". Known: auto, ${providerNames.join(', ')}.`);
};

const checkThreads = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d?$/.test(text)) throw new AppError('bad-request', `"${text}" is not a number of threads. Use 1 to 99.`);
  return Number(text);
};

/** undefined: as the settings say. */
const checkPrecision = (name: string | undefined): Precision | undefined => {
  if (name === undefined || (precisionNames as readonly string[]).includes(name)) return name as Precision | undefined;
  throw new AppError('bad-request', `There is no precision "${name}". Known: ${precisionNames.join(', ')}.`);
};

/** Settings from `--memory` and `--gate`; undefined when neither is given. */
const checkMemory = ({ memory, gate }: Pick<EngineOptions, 'memory' | 'gate'>): MemorySettings | undefined => {
  if (memory === undefined && gate === undefined) return undefined;
  const isExact = memory === 'tree-exact';
  // The paper's result is that of the path which is best at the end, back to the prompt.
  const exact = { mode: 'tree', variant: 'exact', history: 1000, amendLag: 1000 };
  const parsed = memorySettingsSchema.safeParse(isExact ? { ...exact, gate } : { mode: memory, gate });
  if (parsed.success) return parsed.data;
  if (parsed.error.issues[0]?.path[0] === 'gate')
    throw new AppError('bad-request', `There is no gate "${gate}". Known: auto, ${memoryPolicyNames.join(', ')}.`);
  throw new AppError('bad-request', `There is no memory "${memory}". Known: single, tree, tree-exact.`);
};

/** The services before their start, so that clients can see it. */
export const unstartedServices = (engine: EngineOptions, rest: Partial<ServicesOptions> = {}): Services => {
  const paths = appPaths();
  return createServices({
    host: 'web',
    appVersion: appVersion(paths),
    spawnEngine: () => forkEngine(engine.ffmpeg === undefined ? {} : { SAM2_VIDEO_FFMPEG: engine.ffmpeg }),
    bringsFfmpeg: { tell: tellOneThing(), ask: process.stdin.isTTY ? askToInstall : undefined },
    modelsDir: paths.models,
    sampleClip: paths.sampleClip,
    exportRoot: process.cwd(),
    model: engine.model,
    provider: checkProvider(engine.provider),
    threads: checkThreads(engine.threads),
    precision: checkPrecision(engine.precision),
    memory: checkMemory(engine),
    ...rest,
  });
};

/** The services with their engine started (see `state.engine` for how that went). */
export const makeServices = async (engine: EngineOptions, rest: Partial<ServicesOptions> = {}): Promise<Services> => {
  const services = unstartedServices(engine, rest);
  await services.start();
  return services;
};
