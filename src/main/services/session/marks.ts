/** The marked range, and how a change of it is called. */
import { AppError } from '../../../shared/errors.ts';
import type { Marks, MarksChange } from '../../../shared/session-state.ts';

/**
 * @param change an end that is left out stays; one that would then lie beyond the other is dropped
 * @throws AppError `bad-request` when both are given the wrong way round
 */
export const changedMarks = (marks: Marks, change: MarksChange): Marks => {
  const next: Marks = { in: change.in === undefined ? marks.in : change.in, out: change.out === undefined ? marks.out : change.out };
  if (next.in === null || next.out === null || next.in <= next.out) return next;
  if (change.out === undefined) return { ...next, out: null };
  if (change.in === undefined) return { ...next, in: null };
  throw new AppError('bad-request', 'The in mark is after the out mark. Move it before, or clear the marks.');
};

/** Shown in the menu after "Undo". */
export const labelOfMarks = (before: Marks, after: Marks): string => {
  if (after.in === null && after.out === null) return 'Clear marks';
  const isSet = (end: 'in' | 'out'): boolean => after[end] !== null && after[end] !== before[end];
  if (isSet('in') === isSet('out')) return 'Set marks';
  return isSet('in') ? 'Set in mark' : 'Set out mark';
};
