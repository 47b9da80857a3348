/** The services without a window, as the commands use them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { type MemorySettings, memoryPolicyNames, memorySettingsSchema } from '../../shared/memory-settings.ts';
import type { SettingKey } from '../../shared/settings.ts';
import { type Precision, type Provider, precisionNames, providerNames } from '../engine/api/providers.ts';
import { createServices } from '../services/app/create-services.ts';
import type { Services } from '../services/app/services.ts';
import type { ServicesOptions } from '../services/app/services-options.ts';
import { type AppPaths, appPaths, userDataDir } from '../services/base/app-paths.ts';
import { forkEngine } from '../services/engine-link/fork-engine.ts';
import { problemLines, type SettingFlag } from '../services/settings/setting-layers.ts';
import { SettingsService } from '../services/settings/settings-service.ts';
import { FileSettingsStore } from '../services/settings/settings-store.ts';
import { askToInstall, tellOneThing } from './terminal.ts';

export interface EngineOptions {
  model?: string | undefined;
  provider?: string | undefined;
  threads?: string | undefined;
  precision?: string | undefined;
  ffmpeg?: string | undefined;
  memory?: string | undefined;
  gate?: string | undefined;
  profile?: string | undefined;
  /** Settings as `key=value`. */
  set?: readonly string[] | undefined;
}

export const appVersion = (paths: AppPaths): string =>
  (JSON.parse(readFileSync(join(paths.root, 'package.json'), 'utf8')) as { version: string }).version;

const checkProvider = (name: string): Provider | 'auto' => {
  if (name === 'auto') return 'auto';
  if ((providerNames as readonly string[]).includes(name)) return name as Provider;
  throw new AppError('bad-request', `There is no provider "${name}". Known: auto, ${providerNames.join(', ')}.`);
};

const checkThreads = (text: string): number => {
  if (!/^[1-9]\d?$/.test(text) || Number(text) > 64)
    throw new AppError('bad-request', `"${text}" is not a number of threads. Use 1 to 64.`);
  return Number(text);
};

const checkPrecision = (name: string): Precision => {
  if ((precisionNames as readonly string[]).includes(name)) return name as Precision;
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

const flag = (key: SettingKey, name: string, value: unknown): SettingFlag[] => (value === undefined ? [] : [{ key, name, value }]);

/** `--set key=value`. @throws AppError `bad-request` for what is no pair */
const pairFlag = (text: string): SettingFlag => {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined)
    throw new AppError('bad-request', `"${text}" is not a setting. Write it as --set engine.threads=4.`);
  return { key, value, name: '--set' };
};

/** The settings that the options of a command set. */
const settingFlags = (options: EngineOptions): SettingFlag[] => {
  const { provider, threads, precision, set = [] } = options;
  return [
    ...set.map(pairFlag),
    ...flag('engine.provider', '--provider', provider && checkProvider(provider)),
    ...flag('engine.threads', '--threads', threads && checkThreads(threads)),
    ...flag('engine.precision', '--precision', precision && checkPrecision(precision)),
    ...flag('track.memory', options.memory === undefined ? '--gate' : '--memory', checkMemory(options)),
  ];
};

/** The settings as a command has them, before anything is started. Reads the settings file and leaves it as it is. */
export const readSettings = (options: EngineOptions, dataDir: string = userDataDir()): SettingsService =>
  new SettingsService(
    new FileSettingsStore(join(dataDir, 'settings.json'), true),
    { onChange: () => {}, notify: () => {} },
    { env: process.env, flags: settingFlags(options), profile: options.profile },
  );

/**
 * A command that nobody watches does not run with other settings than it was given. A window tells its user instead.
 * @throws AppError `bad-request` with every problem
 */
export const requireSettings = (options: EngineOptions, dataDir?: string): void => {
  const problems = readSettings(options, dataDir).layers.problems.filter(({ source }) => source.kind !== 'file');
  if (problems.length > 0) throw new AppError('bad-request', `These settings can't be used:\n  ${problemLines(problems).join('\n  ')}`);
};

/** The services before their start, so that clients can see it. */
export const unstartedServices = (engine: EngineOptions, rest: Partial<ServicesOptions> = {}): Services => {
  const paths = appPaths();
  if (!rest.keepsProjects) requireSettings(engine, rest.dataDir);
  return createServices({
    host: 'web',
    appVersion: appVersion(paths),
    spawnEngine: () => forkEngine(engine.ffmpeg === undefined ? {} : { SAM2_VIDEO_FFMPEG: engine.ffmpeg }),
    bringsFfmpeg: { tell: tellOneThing(), ask: process.stdin.isTTY ? askToInstall : undefined },
    modelsDir: paths.models,
    sampleClip: paths.sampleClip,
    exportRoot: process.cwd(),
    model: engine.model,
    flags: settingFlags(engine),
    profile: engine.profile,
    ...rest,
  });
};

/** The services with their engine started (see `state.engine` for how that went). */
export const makeServices = async (engine: EngineOptions, rest: Partial<ServicesOptions> = {}): Promise<Services> => {
  const services = unstartedServices(engine, rest);
  await services.start();
  return services;
};
