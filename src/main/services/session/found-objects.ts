/** Found objects as objects of the clip: each with the mask of its first frame as its prompt, so that tracking it again goes on from there. */
import type { Found } from '../../../shared/discovery.ts';
import { objectColor } from '../../../shared/object-colors.ts';
import type { EngineResult } from '../../engine/api/protocol.ts';
import type { KeptWork } from './kept-work.ts';
import type { ObjectRecord } from './object-list.ts';

export interface FoundObject {
  found: Found;
  /** By frame, ascending; at least one. */
  results: readonly { frame: number; result: EngineResult }[];
}

/** The name of the next object of a class: "car 1", "car 2". Names that are taken are passed over. */
const nameFor = (label: string | null, taken: ReadonlySet<string>): string => {
  const word = label ?? 'object';
  for (let n = 1; ; n++) if (!taken.has(`${word} ${n}`)) return `${word} ${n}`;
};

/** @param size of the source, px. @returns the new objects, and what is to be stored of each */
export const foundRecords = (
  objects: readonly FoundObject[],
  { objects: before, nextId }: Pick<KeptWork, 'objects' | 'nextId'>,
  { width, height }: { width: number; height: number },
): { record: ObjectRecord; results: FoundObject['results'] }[] => {
  const taken = new Set(before.map(({ name }) => name));
  return objects.map(({ found, results }, at) => {
    const id = nextId + at;
    const [first] = results;
    const name = nameFor(found.label, taken);
    taken.add(name);
    const mask = { size: [height, width] as [number, number], counts: first!.result.counts };
    const record: ObjectRecord = {
      ...{ id, name, color: objectColor(id), visible: true, solo: false, locked: false, track: id, found },
      prompts: [{ frame: first!.frame, points: [], box: null, mask }],
    };
    const own = results.map(({ frame, result }, i) => ({ frame, result: { ...result, objectId: id, prompted: i === 0 } }));
    return { record, results: own };
  });
};
