/** Classes of objects, for formats that train or judge models: what the object was found as, or else its name. */
import type { TrackedObject } from '../../../../shared/contract/state.ts';

export const classOf = ({ found, name }: TrackedObject): string => found?.label ?? name;

/** Each once, in the order of the objects: its place is its number. */
export const classesOf = (objects: readonly TrackedObject[]): string[] => [...new Set(objects.map(classOf))];
