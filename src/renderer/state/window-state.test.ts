import { expect, it } from 'vitest';
import { withHostState } from './sessions.ts';
import { testObject as object, testHost, testOperation, windowOn } from './test-state.ts';
import {
  commandContext,
  initialWindowState,
  neighbourPrompt,
  promptCount,
  runningAnywhere,
  runningOperation,
  selectedObjects,
  withToast,
  withToggled,
} from './window-state.ts';

const point = { x: 1, y: 2, label: 1 as const };
const draft = { frame: 3, points: [point], box: null, mask: null };

it('commandContext says what there is', () => {
  expect(commandContext(initialWindowState)).toMatchObject({ hasSession: false, hasPrompts: false, isTracking: false });
  const state = windowOn([object(1, { prompts: [draft], results: [[3, 3]] })]);
  expect(commandContext(state)).toMatchObject({ hasSession: true, hasPrompts: true, hasResults: true, isEngineReady: true });
});

it('neighbourPrompt finds the nearest prompt of any object', () => {
  const objects = [object(1, { prompts: [draft, { ...draft, frame: 8 }] }), object(2, { prompts: [{ ...draft, frame: 5 }] })];
  expect(neighbourPrompt(objects, 4, 1)).toBe(5);
  expect(neighbourPrompt(objects, 4, -1)).toBe(3);
  expect(neighbourPrompt(objects, 8, 1)).toBeNull();
});

it('promptCount counts what the user said, not frames', () => {
  const boxed = { frame: 4, points: [], box: { x: 0, y: 0, width: 1, height: 1 }, mask: null };
  expect(promptCount(object(1, { prompts: [{ ...draft, points: [point, point] }, boxed] }))).toBe(3);
});

it('withToast says the same thing once', () => {
  const once = withToast(initialWindowState, 'error', 'no');
  expect(withToast(once, 'error', 'no').toasts).toHaveLength(1);
  expect(withToast(once, 'error', 'other').toasts).toHaveLength(2);
});

it('withToast shows the last of several messages about one thing', () => {
  const said = ['Undone: Add point', 'Undone: Add point', 'Redone: Add point'].map((text) => text);
  const state = said.reduce((s, text) => withToast(s, 'info', text, { about: 'history' }), withToast(initialWindowState, 'error', 'no'));
  expect(state.toasts.map(({ text }) => text)).toEqual(['no', 'Redone: Add point']);
});

it('withToggled puts objects in and out of the selection, and clicks always refine one of it', () => {
  const state = {
    ...windowOn([object(1), object(2), object(3)]),
    selectedId: null,
    alsoSelected: [],
  };
  const one = { ...state, ...withToggled(state, 2) };
  expect(one).toMatchObject({ selectedId: 2, alsoSelected: [] });
  const two = { ...one, ...withToggled(one, 1) };
  expect(two).toMatchObject({ selectedId: 2, alsoSelected: [1] });
  expect(selectedObjects(two).map(({ id }) => id)).toEqual([1, 2]);
  const other = { ...two, ...withToggled(two, 2) };
  expect(other).toMatchObject({ selectedId: 1, alsoSelected: [] });
  expect(withToggled(other, 1)).toEqual({ selectedId: null, alsoSelected: [] });
});

it('what runs on another session does not run on this one', () => {
  const state = withHostState(windowOn(), testHost(2, ['a', 'b'], { operations: [testOperation('t', { sessionId: 'b' })] }));
  expect(runningOperation(state, 'track')).toBeNull();
  expect(commandContext(state).isTracking).toBe(false);
  expect(runningAnywhere(state, 'track')?.id).toBe('t');
});
