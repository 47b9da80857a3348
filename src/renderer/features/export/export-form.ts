/** What the export dialog holds, and what it asks the host for. Pure. */

import type { TrackedObject } from '../../../shared/contract/state.ts';
import type { Marks } from '../../../shared/session-state.ts';
import type { Preferences } from '../../state/preferences.ts';
import { shownObjects } from '../../state/window-state.ts';
import type { SessionInput } from '../../transport/session-client.ts';
import { exportText as text } from './strings.ts';

export const exportKinds = ['video', 'masks', 'json', 'coco', 'csv'] as const;
type ExportKind = (typeof exportKinds)[number];

export interface ExportForm {
  kinds: Readonly<Record<ExportKind, boolean>>;
  range: 'all' | 'marked' | 'custom';
  /** As the user typed them: frames or times. */
  from: string;
  to: string;
  objects: 'all' | 'chosen';
  chosen: readonly number[];
  contours: boolean;
  isFilled: boolean;
  /** 0..0.9 */
  fill: number;
  labels: boolean;
  /** Where the new folder is made; null = as the host says. */
  parent: string | null;
}

export interface ClipFacts {
  frameCount: number;
  marks: Marks;
  objects: readonly TrackedObject[];
  /** The frame that a text means, or null. */
  frameOf: (text: string) => number | null;
}

/** The dialog begins with what was exported last, or else with what is to be seen in the viewer. */
export const firstForm = (
  objects: readonly TrackedObject[],
  marks: Marks,
  prefs: Pick<Preferences, 'fillOpacity' | 'areContoursShown' | 'exportChoice'>,
  frameCount: number,
): ExportForm => {
  const shown = shownObjects(objects).map(({ id }) => id);
  const { exportChoice: last } = prefs;
  const kinds = last?.kinds ?? ['video', 'masks', 'json'];
  return {
    kinds: Object.fromEntries(exportKinds.map((kind) => [kind, kinds.includes(kind)])) as ExportForm['kinds'],
    range: marks.in === null && marks.out === null ? 'all' : 'marked',
    from: String(marks.in ?? 0),
    to: String(marks.out ?? frameCount - 1),
    objects: shown.length === objects.length ? 'all' : 'chosen',
    chosen: shown,
    contours: last?.contours ?? prefs.areContoursShown,
    isFilled: last?.isFilled ?? prefs.fillOpacity > 0,
    fill: last?.fill ?? (prefs.fillOpacity > 0 ? prefs.fillOpacity : 0.4),
    labels: last?.labels ?? false,
    parent: null,
  };
};

/** What the next export begins with. */
export const choiceToKeep = ({ kinds, contours, isFilled, fill, labels }: ExportForm): Preferences['exportChoice'] => ({
  kinds: exportKinds.filter((kind) => kinds[kind]),
  contours,
  isFilled,
  fill,
  labels,
});

/** Both ends inclusive, or why there is no range. */
export const rangeOf = (form: ExportForm, facts: ClipFacts): { from: number; to: number } | { problem: string } => {
  const last = facts.frameCount - 1;
  if (form.range === 'all') return { from: 0, to: last };
  if (form.range === 'marked') return { from: facts.marks.in ?? 0, to: facts.marks.out ?? last };
  const from = facts.frameOf(form.from);
  const to = facts.frameOf(form.to);
  if (from === null || to === null) return { problem: text.badFrame };
  return from > to ? { problem: text.reversed } : { from, to };
};

/** What to ask the host for, or what the user has to change first. */
export const choiceOf = (form: ExportForm, facts: ClipFacts): SessionInput<'export.start'> | { problem: string } => {
  const range = rangeOf(form, facts);
  if ('problem' in range) return range;
  const objectIds = facts.objects.map(({ id }) => id).filter((id) => form.objects === 'all' || form.chosen.includes(id));
  if (objectIds.length === 0 && facts.objects.length > 0) return { problem: text.noneChosen };
  if (!exportKinds.some((kind) => form.kinds[kind])) return { problem: text.nothingChosen };
  const hasOverlays = form.contours || form.isFilled || form.labels;
  return {
    ...form.kinds,
    ...range,
    objectIds,
    overlays: hasOverlays ? { contours: form.contours, fill: form.isFilled ? form.fill : 0, labels: form.labels } : null,
    ...(form.parent !== null && form.parent.trim() !== '' && { parent: form.parent.trim() }),
  };
};
