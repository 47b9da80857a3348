/** Options that say what to look for, as they are typed. */
import { type DiscoverySettings, discoverySettingsSchema } from '../../shared/discovery.ts';
import { AppError } from '../../shared/errors.ts';

export interface DiscoveryOptions {
  strategy?: string | undefined;
  classes?: string | undefined;
  density?: string | undefined;
  interval?: string | undefined;
  minArea?: string | undefined;
  minFrames?: string | undefined;
  maxObjects?: string | undefined;
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

/**
 * What was typed; the settings decide the rest.
 * @throws AppError `bad-request` that names the option and what it takes
 */
export const typedDiscovery = (options: DiscoveryOptions): Partial<DiscoverySettings> => {
  const { strategy, classes } = options;
  const number = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : text.trim() === '' ? Number.NaN : Number(text);
  const names = classes
    ?.split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const typed = {
    strategy,
    classes: names,
    density: number(options.density),
    interval: number(options.interval),
    minArea: number(options.minArea),
    minFrames: number(options.minFrames),
    maxObjects: number(options.maxObjects),
  };
  const parsed = discoverySettingsSchema.safeParse(typed);
  if (parsed.success) return Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== undefined));
  const [issue] = parsed.error.issues;
  throw new AppError('bad-request', `${flags[String(issue?.path[0])] ?? 'An option'} can't be used: ${issue?.message}.`);
};
