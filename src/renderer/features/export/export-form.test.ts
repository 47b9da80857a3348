import { describe, expect, it } from 'vitest';
import type { TrackedObject } from '../../../shared/contract/state.ts';
import { exportChoiceSchema } from '../../../shared/export-choice.ts';
import { type ClipFacts, choiceOf, firstForm, rangeOf } from './export-form.ts';

const object = (id: number, visible = true): TrackedObject => ({
  id,
  name: `Object ${id}`,
  color: '#ff0000',
  visible,
  solo: false,
  locked: false,
  stale: false,
  laneRevision: 0,
  prompts: [],
  results: [[0, 9]],
});
const prefs = { fillOpacity: 0.3, areContoursShown: true };
const facts = (change: Partial<ClipFacts> = {}): ClipFacts => ({
  frameCount: 100,
  marks: { in: null, out: null },
  objects: [object(1), object(2)],
  frameOf: (text) => (/^\d+$/.test(text) ? Number(text) : null),
  ...change,
});
const form = (change: object = {}) => ({ ...firstForm(facts().objects, facts().marks, prefs, 100), ...change });

describe('the export form', () => {
  it('begins with what the viewer shows, and all of the clip', () => {
    expect(choiceOf(form(), facts())).toEqual({
      video: true,
      masks: true,
      json: true,
      coco: false,
      csv: false,
      from: 0,
      to: 99,
      objectIds: [1, 2],
      overlays: { contours: true, fill: 0.3, labels: false },
    });
    const hidden = facts({ objects: [object(1), object(2, false)] });
    const first = firstForm(hidden.objects, hidden.marks, prefs, 100);
    expect(first).toMatchObject({ objects: 'chosen', chosen: [1] });
    expect(choiceOf(first, hidden)).toMatchObject({ objectIds: [1] });
  });

  it('takes the marked range, an end that is not marked being that of the clip, or a range that is typed', () => {
    expect(rangeOf(form({ range: 'marked' }), facts({ marks: { in: 20, out: null } }))).toEqual({ from: 20, to: 99 });
    expect(rangeOf(form({ range: 'custom', from: '5', to: '8' }), facts())).toEqual({ from: 5, to: 8 });
  });

  it.each([
    [{ range: 'custom', from: 'soon', to: '8' }, /frame number or a time/],
    [{ range: 'custom', from: '9', to: '8' }, /after the last/],
    [{ objects: 'chosen', chosen: [] }, /Choose an object/],
    [{ kinds: { video: false, masks: false, json: false, coco: false, csv: false } }, /Choose at least one file/],
  ])('says what is amiss: %o', (change, problem) => {
    expect(choiceOf(form(change), facts())).toEqual({ problem: expect.stringMatching(problem) });
  });

  it('asks for a video without masks when nothing of them is wanted', () => {
    expect(choiceOf(form({ contours: false, isFilled: false }), facts())).toMatchObject({ overlays: null });
    expect(choiceOf(form({ contours: false, isFilled: false, labels: true }), facts())).toMatchObject({
      overlays: { contours: false, fill: 0, labels: true },
    });
  });

  it('is what the host understands', () => {
    const choice = choiceOf(form({ parent: ' /exports ' }), facts());
    expect(exportChoiceSchema.parse(choice)).toMatchObject({ parent: '/exports' });
  });
});
