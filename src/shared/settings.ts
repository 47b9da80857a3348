/**
 * Every setting of the app in one table: what it is called, what it does, its default, unit and range. The settings
 * dialog, the settings file and the environment are all read by it. Values that differ from the default are kept,
 * nothing else.
 */
import { z } from 'zod';
import { keyOverridesSchema } from './keymap.ts';
import { defaultMemorySettings, memorySettingsSchema } from './memory-settings.ts';
import { metricsSettings } from './metrics-settings.ts';
import { promptSettings } from './prompt-settings.ts';
import { streamSettings } from './stream-settings.ts';

const settingGroups = ['Appearance', 'Tracking', 'Finding objects', 'Engine', 'Streams', 'Monitoring', 'Export', 'Keyboard'] as const;
type SettingGroup = (typeof settingGroups)[number];

export const profileNames = ['performance', 'balanced', 'quality'] as const;
export type ProfileName = (typeof profileNames)[number];

export interface SettingSpec {
  schema: z.ZodType;
  group: SettingGroup;
  title: string;
  /** What changing it does, in one sentence. */
  effect: string;
  kind: 'choice' | 'number' | 'switch' | 'folder' | 'memory' | 'keys';
  default: unknown;
  unit?: string;
  min?: number;
  max?: number;
  step?: number;
  choices?: readonly { value: string | number; label: string }[];
  /** Other words a user may look for it by. */
  keywords: string;
  /** It takes effect at the next start. */
  needsRestart?: boolean;
  /** Another variable of the environment that sets it; `environmentName` gives the one that goes first. */
  variable?: string;
  /** Values under the profiles; a setting without them is a matter of taste. */
  profiles?: Record<ProfileName, unknown>;
}

const choice = <const T extends readonly { value: string; label: string }[]>(choices: T) => ({
  kind: 'choice' as const,
  choices,
  schema: z.enum(choices.map(({ value }) => value) as [T[number]['value'], ...T[number]['value'][]]),
});

export const settings = {
  'ui.theme': {
    ...choice([
      { value: 'system', label: 'System' },
      { value: 'light', label: 'Light' },
      { value: 'dark', label: 'Dark' },
    ]),
    group: 'Appearance',
    title: 'Theme',
    effect: 'Colours of the window. The picture is not affected.',
    default: 'system',
    keywords: 'dark light colours appearance contrast',
  },
  'track.displayHeight': {
    schema: z.union([z.literal(360), z.literal(540), z.literal(720), z.literal(1080)]),
    kind: 'choice',
    choices: [360, 540, 720, 1080].map((value) => ({ value, label: `${value} px` })),
    group: 'Tracking',
    title: 'Picture while tracking',
    effect: 'Height of the pictures shown during tracking. Smaller is faster; masks do not depend on it.',
    default: 720,
    unit: 'px',
    min: 360,
    max: 1080,
    keywords: 'preview resolution speed live',
    profiles: { performance: 360, balanced: 720, quality: 1080 },
  },
  'track.memory': {
    schema: memorySettingsSchema,
    kind: 'memory',
    group: 'Tracking',
    title: 'Memory',
    effect: 'How objects are remembered, from the next run on: one path, as SAM 2 does, or a tree of several paths, which is slower.',
    default: defaultMemorySettings,
    keywords: 'tree branches gate sam2long samurai dam4sam occlusion',
    profiles: {
      performance: { ...defaultMemorySettings, maxBranches: 2 },
      balanced: defaultMemorySettings,
      quality: { ...defaultMemorySettings, mode: 'tree', maxBranches: 4 },
    },
  },
  ...promptSettings,
  'sessions.mostAwake': {
    schema: z.number().int().min(1).max(64),
    kind: 'number',
    group: 'Engine',
    title: 'Clips kept ready',
    effect: 'How many open clips the engine keeps in memory. The one idle the longest is put to sleep and wakes when you use it.',
    default: 4,
    unit: 'clips',
    min: 1,
    max: 64,
    step: 1,
    keywords: 'tabs sessions memory sleep open clips limit',
  },
  'import.imagesPerSecond': {
    schema: z.number().min(0.1).max(240),
    kind: 'number',
    group: 'Tracking',
    title: 'Image sequence rate',
    effect: 'Frame rate for image sequences.',
    default: 25,
    unit: 'frames/s',
    min: 0.1,
    max: 240,
    step: 1,
    keywords: 'folder images sequence fps speed import time lapse',
  },
  'import.deinterlace': {
    ...choice([
      { value: 'auto', label: 'Automatic' },
      { value: 'on', label: 'On' },
      { value: 'off', label: 'Off' },
    ]),
    group: 'Tracking',
    title: 'Deinterlace',
    effect: 'Makes whole pictures of interlaced frames. Automatic goes by what the video says. Applies when a clip is opened.',
    default: 'auto',
    keywords: 'interlaced fields combing broadcast tv dv camcorder',
  },
  'live.bufferMb': {
    schema: z.number().int().min(32).max(4096),
    kind: 'number',
    group: 'Tracking',
    title: 'Live buffer',
    effect: 'Memory for the last pictures of a live source, for looking back and correcting. Takes effect at the next live source.',
    default: 256,
    unit: 'MB',
    min: 32,
    max: 4096,
    step: 32,
    keywords: 'camera stream webcam rtsp ring memory go back pause',
  },
  'live.tries': {
    schema: z.number().int().min(0).max(1000),
    kind: 'number',
    group: 'Tracking',
    title: 'Live reconnections',
    effect: 'How often to retry a broken live connection before the recording is opened.',
    default: 12,
    unit: 'tries',
    min: 0,
    max: 1000,
    step: 1,
    keywords: 'camera stream rtsp reconnect retry network',
  },
  'engine.provider': {
    ...choice([
      { value: 'auto', label: 'Automatic' },
      { value: 'cpu', label: 'CPU' },
      { value: 'cuda', label: 'CUDA' },
      { value: 'dml', label: 'DirectML' },
      { value: 'coreml', label: 'CoreML' },
      { value: 'webgpu', label: 'WebGPU' },
    ]),
    group: 'Engine',
    title: 'Compute device',
    effect: 'The hardware that runs the model. If it does not work, the CPU is used.',
    default: 'auto',
    keywords: 'gpu cpu cuda directml coreml webgpu provider hardware acceleration',
    needsRestart: true,
  },
  'engine.threads': {
    schema: z.number().int().min(0).max(64),
    kind: 'number',
    group: 'Engine',
    title: 'Threads',
    effect: 'Processor threads for the model. 0 lets the app choose.',
    default: 0,
    unit: 'threads',
    min: 0,
    max: 64,
    step: 1,
    keywords: 'cpu cores processor speed',
    needsRestart: true,
  },
  'engine.precision': {
    ...choice([
      { value: 'full', label: 'Full (fp32)' },
      { value: 'fast', label: 'Fast (int8 where the model has it)' },
    ]),
    group: 'Engine',
    title: 'Precision on the CPU',
    effect: '"Fast" uses 8-bit numbers if the model has them; "full" never does. Takes effect when a model is loaded.',
    default: 'full',
    keywords: 'int8 fp32 quantised cpu speed accuracy exact',
    profiles: { performance: 'fast', balanced: 'full', quality: 'full' },
  },
  'engine.modelOffer': {
    ...choice([
      { value: 'once', label: 'Once, after a run' },
      { value: 'never', label: 'Never' },
    ]),
    group: 'Engine',
    title: 'Offer a better model',
    effect: 'Where the embedded model has tracked a clip and a better one would be fast enough. Nothing is downloaded unasked.',
    default: 'once',
    keywords: 'model quality sam offer suggestion',
  },
  'engine.model': {
    ...choice([
      { value: 'auto', label: 'The one chosen last' },
      { value: 'nano', label: 'Nano' },
      { value: 'tiny', label: 'SAM 2.1 tiny' },
      { value: 'small', label: 'SAM 2.1 small' },
      { value: 'base', label: 'SAM 2.1 base plus' },
      { value: 'large', label: 'SAM 2.1 large' },
    ]),
    group: 'Engine',
    title: 'Model at the start',
    effect: 'The model that the app starts with. Where it is not installed, the next smaller one is used.',
    default: 'auto',
    keywords: 'model size tiny small base large nano',
    needsRestart: true,
    profiles: { performance: 'tiny', balanced: 'auto', quality: 'base' },
    variable: 'SAM2_MODEL_SIZE',
  },
  ...streamSettings,
  ...metricsSettings,
  'export.folder': {
    schema: z.string().max(1000).nullable(),
    kind: 'folder',
    group: 'Export',
    title: 'Export folder',
    effect: 'Each export without a chosen folder gets a new folder in this one. Empty: the default folder.',
    default: null,
    keywords: 'output directory save path',
  },
  'keys.overrides': {
    schema: keyOverridesSchema,
    kind: 'keys',
    group: 'Keyboard',
    title: 'Shortcuts',
    effect: 'Keys you assigned to commands.',
    default: {},
    keywords: 'shortcuts keyboard bindings hotkeys',
  },
} as const satisfies Record<string, SettingSpec>;

export type SettingKey = keyof typeof settings;
export const settingKeys = Object.keys(settings) as SettingKey[];
export type SettingValues = { [K in SettingKey]: z.infer<(typeof settings)[K]['schema']> };

export const isSettingKey = (key: string): key is SettingKey => Object.hasOwn(settings, key);

export const defaultSettings = Object.fromEntries(settingKeys.map((key) => [key, settings[key].default])) as SettingValues;

const profilesOf = (key: SettingKey): Record<ProfileName, unknown> | undefined => (settings[key] as SettingSpec).profiles;

/** The settings a profile sets. */
export const profileValues = (profile: ProfileName): Partial<SettingValues> =>
  Object.fromEntries(settingKeys.flatMap((key) => (profilesOf(key) ? [[key, profilesOf(key)![profile]]] : [])));

/** The profile that the values are those of, or "custom". */
export const profileOf = (values: SettingValues): ProfileName | 'custom' =>
  // Balanced first: it is the default.
  (['balanced', 'performance', 'quality'] as const).find((profile) =>
    Object.entries(profileValues(profile)).every(([key, value]) => JSON.stringify(values[key as SettingKey]) === JSON.stringify(value)),
  ) ?? 'custom';

/** The environment variable that overrides a setting: SAM2_VIDEO_ENGINE_THREADS. */
export const environmentName = (key: SettingKey): string =>
  `SAM2_VIDEO_${key
    .replaceAll(/([A-Z])/g, '_$1')
    .replaceAll('.', '_')
    .toUpperCase()}`;

const valuesSchema = z.object(
  Object.fromEntries(settingKeys.map((key) => [key, settings[key].schema])) as { [K in SettingKey]: (typeof settings)[K]['schema'] },
);

export const settingsStateSchema = z.object({
  values: valuesSchema,
  profile: z.enum([...profileNames, 'custom']),
  /** By key: the variable or the option that decided it at the start, in words. */
  decidedBy: z.record(z.string(), z.string()),
});
export type SettingsState = z.infer<typeof settingsStateSchema>;
