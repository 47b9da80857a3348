/** What the user fills in before "Find objects": classes, regions, least size and time. Pure. */
import type { DiscoverySettings } from '../../shared/discovery.ts';
import type { Box } from '../../shared/prompts.ts';

/** Objects are searched for inside, or nothing is. */
export type RegionKind = 'include' | 'exclude';

export interface FindForm {
  /** As it is typed: "car, person"; empty: everything. */
  classes: string;
  /** Share of the picture in %; null: as the settings say. */
  leastPercent: number | null;
  /** null: as the settings say. */
  leastSeconds: number | null;
  isInRange: boolean;
  /** In source px. */
  include: readonly Box[];
  exclude: readonly Box[];
  /** The next box that is dragged in the picture is a region of this kind. */
  drawing: RegionKind | null;
}

export const freshFindForm: FindForm = {
  classes: '',
  leastPercent: null,
  leastSeconds: null,
  isInRange: false,
  include: [],
  exclude: [],
  drawing: null,
};

/** `minArea` is of a picture of this size. */
const settingsArea = 1280 * 720;
const mostRegions = 100;

/** The names in a list as it is typed, each once, in lower case. */
export const classNames = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== ''),
  ),
];

/** Classes that the last word of the list may become, those that begin like it first. */
export const suggestedClasses = (text: string, known: readonly string[], most: number): string[] => {
  const word = text
    .slice(text.lastIndexOf(',') + 1)
    .trim()
    .toLowerCase();
  const chosen = classNames(text);
  const open = known.filter((name) => !chosen.includes(name));
  const begins = open.filter((name) => name.startsWith(word));
  const holds = open.filter((name) => !name.startsWith(word) && name.includes(word));
  return known.includes(word) ? [] : [...begins, ...holds].slice(0, most);
};

/** The list with its last word replaced by a class, ready for another one. */
export const withClass = (text: string, name: string): string => {
  const before = text.slice(0, text.lastIndexOf(',') + 1).trim();
  return `${before === '' ? '' : `${before} `}${name}, `;
};

/** The box that was dragged becomes a region, and drawing ends. */
export const withRegion = (form: FindForm, box: Box): FindForm =>
  form.drawing === null ? form : { ...form, [form.drawing]: [...form[form.drawing], box].slice(-mostRegions), drawing: null };

export const withoutRegion = (form: FindForm, kind: RegionKind, index: number): FindForm => ({
  ...form,
  [kind]: form[kind].filter((_, at) => at !== index),
});

const between = (least: number, value: number, most: number): number => Math.min(most, Math.max(least, value));

/** @param framesPerSecond of the clip @param defaults what holds where the form says nothing */
export const findSettings = (form: FindForm, framesPerSecond: number, defaults: DiscoverySettings): DiscoverySettings => {
  const classes = classNames(form.classes);
  return {
    ...defaults,
    classes: classes.length > 0 ? classes : null,
    ...(form.leastPercent !== null && { minArea: (between(0, form.leastPercent, 100) / 100) * settingsArea }),
    ...(form.leastSeconds !== null && { minFrames: between(1, Math.round(form.leastSeconds * framesPerSecond), 100_000) }),
    include: [...form.include],
    exclude: [...form.exclude],
  };
};

/** What the form shows where the user has not said anything. */
export const shownLimits = (
  form: FindForm,
  framesPerSecond: number,
  { minArea, minFrames }: DiscoverySettings,
): { percent: number; seconds: number } => ({
  percent: form.leastPercent ?? Number(((100 * minArea) / settingsArea).toFixed(2)),
  seconds: form.leastSeconds ?? Number((minFrames / framesPerSecond).toFixed(2)),
});
