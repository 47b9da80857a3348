/**
 * Settings of the search for objects: rows of the table in settings.ts. The form of a search and the command line may
 * say otherwise.
 */
import { type DiscoverySettings, defaultDiscovery, discoverySettingsSchema } from './discovery.ts';

const { shape } = discoverySettingsSchema;

const strategyChoices = [
  { value: 'detector', label: 'Detector, then grid' },
  { value: 'grid', label: 'Grid' },
  { value: 'motion', label: 'Motion' },
  { value: 'hybrid', label: 'All together' },
] as const satisfies readonly { value: DiscoverySettings['strategy']; label: string }[];

export const promptSettings = {
  'prompts.strategy': {
    schema: shape.strategy.unwrap(),
    kind: 'choice',
    choices: strategyChoices,
    group: 'Finding objects',
    title: 'Where to look',
    effect: 'What proposes places to look at. The detector is quick and names what it finds; the grid also finds what has no name.',
    default: defaultDiscovery.strategy,
    keywords: 'prompt strategy detector grid motion hybrid discovery automatic',
    variable: 'SAM2_PROMPT_STRATEGY',
  },
  'prompts.density': {
    schema: shape.density.unwrap(),
    kind: 'number',
    group: 'Finding objects',
    title: 'Density of the grid',
    effect: 'Points of each side of the grid. More find smaller objects and take longer.',
    default: defaultDiscovery.density,
    unit: 'points',
    min: 4,
    max: 64,
    step: 1,
    keywords: 'prompt grid points spacing discovery',
    variable: 'GRID_PROMPT_DENSITY',
    profiles: { performance: 8, balanced: 16, quality: 24 },
  },
  'prompts.interval': {
    schema: shape.interval.unwrap(),
    kind: 'number',
    group: 'Finding objects',
    title: 'Interval between looks',
    effect: 'After how many frames of a clip newcomers are looked for again. What was found is tracked on every frame.',
    default: defaultDiscovery.interval,
    unit: 'frames',
    min: 1,
    max: 1000,
    step: 1,
    keywords: 'prompt again reprompt discovery newcomers',
    variable: 'REPROMPT_INTERVAL',
    profiles: { performance: 24, balanced: 8, quality: 4 },
  },
  'prompts.minArea': {
    schema: shape.minArea.unwrap(),
    kind: 'number',
    group: 'Finding objects',
    title: 'Smallest object',
    effect: 'Objects of a smaller area are left out. In pixels of a picture of 1280 x 720; it grows with larger pictures.',
    default: defaultDiscovery.minArea,
    unit: 'px',
    min: 0,
    max: 921_600,
    step: 100,
    keywords: 'prompt size area minimum discovery',
    variable: 'MIN_OBJECT_AREA',
    profiles: { performance: 2000, balanced: 1000, quality: 500 },
  },
  'prompts.minFrames': {
    schema: shape.minFrames.unwrap(),
    kind: 'number',
    group: 'Finding objects',
    title: 'Shortest time',
    effect: 'Objects that are seen on fewer frames are left out.',
    default: defaultDiscovery.minFrames,
    unit: 'frames',
    min: 1,
    max: 100_000,
    step: 1,
    keywords: 'prompt duration minimum discovery short',
  },
  'prompts.maxObjects': {
    schema: shape.maxObjects.unwrap(),
    kind: 'number',
    group: 'Finding objects',
    title: 'Most objects at a time',
    effect: 'No more objects than this are found on one frame. Each takes time on every frame.',
    default: defaultDiscovery.maxObjects,
    unit: 'objects',
    min: 1,
    max: 64,
    step: 1,
    keywords: 'prompt limit number count discovery',
    profiles: { performance: 5, balanced: 8, quality: 12 },
  },
} as const;

type PromptValues = {
  [K in keyof typeof promptSettings]: DiscoverySettings[K extends `prompts.${infer Name extends keyof DiscoverySettings}` ? Name : never];
};

/** What a search does where nothing else is said. */
export const discoveryOf = (values: PromptValues): DiscoverySettings => ({
  ...defaultDiscovery,
  strategy: values['prompts.strategy'],
  density: values['prompts.density'],
  interval: values['prompts.interval'],
  minArea: values['prompts.minArea'],
  minFrames: values['prompts.minFrames'],
  maxObjects: values['prompts.maxObjects'],
});
