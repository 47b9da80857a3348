/** How steps are called in the menu, after "Undo". */
import type { FramePrompt } from '../../../shared/prompts.ts';

/** "Hide object", or "Hide objects" of several. */
export const labelFor = (label: string, objectIds: readonly number[]): string =>
  objectIds.length > 1 ? label.replace(/object$/, 'objects') : label;

export const labelOfPrompt = (former: FramePrompt | undefined, prompt: FramePrompt): string => {
  if (prompt.box && JSON.stringify(prompt.box) !== JSON.stringify(former?.box ?? null)) return 'Draw box';
  return prompt.points.length < (former?.points.length ?? 0) ? 'Remove point' : 'Add point';
};
