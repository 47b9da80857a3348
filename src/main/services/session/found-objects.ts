/**
 * Found objects as objects of the clip: each with the mask of its first frame as its prompt, so that tracking it again
 * goes on from there.
 */
import type { Found } from '../../../shared/discovery.ts';
import { nextColor } from '../../../shared/object-colors.ts';
import type { EngineResult } from '../../engine/api/protocol.ts';
import type { KeptWork } from './kept-work.ts';
import { type ObjectRecord, touched } from './object-list.ts';

export interface FoundObject {
  found: Found;
  /** By frame, ascending; at least one. */
  results: readonly { frame: number; result: EngineResult }[];
}

/** The first name that is free: "car 1", "car 2". */
const nameFor = (word: string, taken: ReadonlySet<string>): string => {
  for (let n = 1; ; n++) if (!taken.has(`${word} ${n}`)) return `${word} ${n}`;
};

/** @param size of the source, px. @returns the new objects, and what is to be stored of each */
export const foundRecords = (
  objects: readonly FoundObject[],
  { objects: before, nextId }: Pick<KeptWork, 'objects' | 'nextId'>,
  { width, height }: { width: number; height: number },
): { record: ObjectRecord; results: FoundObject['results'] }[] => {
  const taken = new Set(before.map(({ name }) => name));
  const colors = before.map(({ color }) => color);
  return objects.map(({ found, results }, at) => {
    const id = nextId + at;
    const [first] = results;
    const name = nameFor(found.label ?? 'object', taken);
    taken.add(name);
    const color = nextColor(colors);
    colors.push(color);
    const mask = { size: [height, width] as [number, number], counts: first!.result.counts };
    const record: ObjectRecord = {
      ...{ id, name, color, visible: true, solo: false, locked: false, maskKey: id, found },
      prompts: [{ frame: first!.frame, points: [], box: null, mask }],
    };
    const own = results.map(({ frame, result }, i) => ({ frame, result: { ...result, objectId: id, prompted: i === 0 } }));
    return { record, results: own };
  });
};

/**
 * The list of a step that is taken back or done again, with the objects that came by themselves since: no step made
 * them, so none takes them away.
 * @param target what the step leads to @param from what it led from @param now what is there
 */
export const withAutomatic = (
  target: readonly ObjectRecord[],
  from: readonly ObjectRecord[],
  now: readonly ObjectRecord[],
): readonly ObjectRecord[] => {
  const known = new Set([...target, ...from].map(({ id }) => id));
  const since = now.filter(({ id, found }) => found && !known.has(id));
  return since.length === 0 ? target : [...target, ...since];
};

/** The part of a session's edits that is needed here. */
interface ObjectEdits {
  readonly list: readonly ObjectRecord[];
  /** @throws AppError `object-unknown` */
  changeObjects(label: string, objectIds: readonly number[], change: (object: ObjectRecord) => ObjectRecord): void;
}

/** The user accepts found objects as they are. @throws AppError `object-unknown` */
export const keepFound = (edits: ObjectEdits, objectIds: readonly number[]): void => edits.changeObjects('Keep object', objectIds, touched);

/**
 * Several objects get one name with a number behind it; a name that another object has is left to it.
 * @throws AppError `object-unknown`
 */
export const renameFound = (edits: ObjectEdits, objectIds: readonly number[], word: string): void => {
  const renamed = new Set(objectIds);
  const taken = new Set(edits.list.filter(({ id }) => !renamed.has(id)).map(({ name }) => name));
  edits.changeObjects('Rename object', objectIds, (object) => {
    const name = nameFor(word, taken);
    taken.add(name);
    return { ...touched(object), name };
  });
};
