/** The found objects as the panel lists them. Pure. */
import type { TrackedObject } from '../../../shared/contract/state.ts';
import type { Found } from '../../../shared/discovery.ts';
import { compareNames } from '../../../shared/language.ts';

export interface FoundFilter {
  /** One class alone: a name, or null for objects without a class; undefined: all. */
  label: string | null | undefined;
  /** Part of the name. */
  name: string;
  /** Only what nobody has touched. */
  isAutoOnly: boolean;
}

export interface FoundRow {
  object: TrackedObject;
  found: Found;
  /** Frames; `best` is where it is seen best. */
  first: number;
  last: number;
  best: number;
}

export type FoundOrder = 'class' | 'time';

const byLabel = (a: string | null, b: string | null): number => (a === b ? 0 : a === null ? 1 : b === null ? -1 : compareNames(a, b));

/** By class, those without one last, or by time; then in the order they come. */
export const foundRows = (objects: readonly TrackedObject[], filter: FoundFilter, order: FoundOrder): FoundRow[] => {
  const word = filter.name.trim().toLowerCase();
  return objects
    .flatMap((object): FoundRow[] => {
      const { found, results, prompts } = object;
      if (!found) return [];
      if (filter.label !== undefined && found.label !== filter.label) return [];
      if (filter.isAutoOnly && !found.isAuto) return [];
      if (!object.name.toLowerCase().includes(word)) return [];
      const first = results[0]?.[0] ?? prompts[0]?.frame ?? 0;
      return [{ object, found, first, last: results.at(-1)?.[1] ?? first, best: found.place?.frame ?? first }];
    })
    .sort((a, b) => (order === 'class' ? byLabel(a.found.label, b.found.label) : 0) || a.first - b.first || a.object.id - b.object.id);
};

/** How many objects of each class there are, by name; those without a class last. */
export const classCounts = (objects: readonly TrackedObject[]): { label: string | null; count: number }[] => {
  const counts = new Map<string | null, number>();
  for (const { found } of objects) if (found) counts.set(found.label, (counts.get(found.label) ?? 0) + 1);
  return [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => byLabel(a.label, b.label));
};
