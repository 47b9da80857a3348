/** How much of the history is kept with a project, and what it holds of the mask files. */

import type { MaskIndex, MaskRow } from '../results/mask-index.ts';
import type { KeptWork, WorkHistory } from '../session/kept-work.ts';
import { usedBytes } from './mask-files.ts';

/**
 * Of a history that is opened: the text of its steps, and the masks that nothing else needs. The newest steps are kept.
 */
const mostHistory = { textBytes: 8 * 2 ** 20, maskBytes: 256 * 2 ** 20 };

/** What the mask files must hold: mask keys as the index has them, and rows beside those. */
export interface NeededMasks {
  maskKeys: ReadonlySet<number>;
  rows: readonly MaskRow[];
}

type Step = WorkHistory['steps']['done'][number];

const maskKeysOf = ({ before, after }: Step): number[] => [...before.objects, ...after.objects].map(({ maskKey }) => maskKey);
const rowsOf = ({ changes }: Step): MaskRow[] => changes.flatMap(({ before, after }) => [before, after].filter((row) => row !== null));

/** The text of what a step changed; an upper bound is enough. */
const textBytes = ({ before, after, changes }: Step): number => {
  const former = new Set(before.objects);
  return JSON.stringify([after.objects.filter((object) => !former.has(object)), after.marks, changes]).length;
};

/** Forgets the steps that are too much to keep, the oldest first. */
export const boundHistory = (history: WorkHistory, work: KeptWork, index: MaskIndex, most = mostHistory): void => {
  const known = new Set(work.objects.map(({ maskKey }) => maskKey));
  let text = 0;
  let masks = 0;
  const fits = (step: Step): boolean => {
    text += textBytes(step);
    for (const { length } of rowsOf(step)) masks += length;
    const maskKeys = maskKeysOf(step).filter((maskKey) => !known.has(maskKey));
    for (const maskKey of new Set(maskKeys)) {
      known.add(maskKey);
      masks += usedBytes(index, [maskKey]);
    }
    return text <= most.textBytes && masks <= most.maskBytes;
  };
  const { done, undone } = history.steps;
  const countOf = (steps: readonly Step[]): number => {
    const tooMuch = steps.findIndex((step) => !fits(step));
    return tooMuch < 0 ? steps.length : tooMuch;
  };
  history.keep(countOf(done), countOf(undone.toReversed()));
};

export const neededMasks = (work: KeptWork, history: WorkHistory): NeededMasks => {
  const steps = [...history.steps.done, ...history.steps.undone];
  return {
    maskKeys: new Set([...work.objects.map(({ maskKey }) => maskKey), ...steps.flatMap(maskKeysOf)]),
    rows: steps.flatMap(rowsOf),
  };
};

/** The mask files were rewritten. @param moved by a record's former place, the new one */
export const moveRows = (history: WorkHistory, moved: ReadonlyMap<number, number>): void => {
  const move = (row: MaskRow | null): MaskRow | null => row && { ...row, offset: moved.get(row.offset) ?? row.offset };
  for (const { changes } of [...history.steps.done, ...history.steps.undone]) {
    for (const change of changes) {
      change.before = move(change.before);
      change.after = move(change.after);
    }
  }
};
