import { describe, expect, it } from 'vitest';
import type { AppState, TrackedObject } from '../../shared/contract/state.ts';
import { noSessionMemory } from '../../shared/memory-tree.ts';
import { noModels } from '../../shared/models.ts';
import { noSettings } from '../../shared/settings.ts';
import {
  commandContext,
  initialWindowState,
  neighbourPrompt,
  promptCount,
  promptKey,
  promptOn,
  selectedObjects,
  withHostState,
  withToast,
  withToggled,
} from './window-state.ts';

const object = (id: number, change: Partial<TrackedObject> = {}): TrackedObject => ({
  id,
  name: `Object ${id}`,
  color: '#ff5a5f',
  visible: true,
  solo: false,
  locked: false,
  stale: false,
  laneRevision: 0,
  prompts: [],
  results: [],
  ...change,
});

const hostState = (revision: number, objects: TrackedObject[] = [], sessionId = 'a'): AppState => ({
  revision,
  session: {
    id: sessionId,
    media: {
      name: 'clip.mp4',
      path: '/clip.mp4',
      width: 100,
      height: 50,
      frameCount: 10,
      durationMs: 400,
      averageFps: 25,
      isVariableFrameRate: false,
      hasAudio: false,
      codec: 'h264',
    },
    model: { id: 'nano', name: 'nano', imageSize: 320, provider: 'cpu', providerReason: '' },
    objects,
    memory: noSessionMemory(),
    history: { undo: 'Add point', redo: null },
    marks: { in: 2, out: null },
    position: 0,
  },
  operations: [],
  project: null,
  recents: [],
  settings: noSettings,
  engine: { state: 'ready', message: null },
  models: noModels,
  notices: [],
});

const point = { x: 1, y: 2, label: 1 as const };
const draft = { frame: 3, points: [point], box: null, mask: null };
const opened = withHostState(initialWindowState, hostState(5, [object(1)]));

describe('withHostState', () => {
  it('drops an older state', () => {
    expect(withHostState(opened, hostState(4))).toBe(opened);
  });

  it("starts the window's own state afresh for another clip", () => {
    const used = { ...opened, selectedId: 1, playhead: 7, isPlaying: true, drafts: { [promptKey(1, 3)]: draft } };
    const next = withHostState(used, hostState(6, [], 'b'));
    expect(next).toMatchObject({ selectedId: null, playhead: 0, isPlaying: false, drafts: {} });
  });

  it('keeps a draft until the host tells the same prompt', () => {
    const drafted = { ...opened, drafts: { [promptKey(1, 3)]: draft } };
    const before = withHostState(drafted, hostState(6, [object(1)]));
    expect(promptOn(before, 1, 3).points).toEqual([point]);
    const after = withHostState(before, hostState(7, [object(1, { prompts: [draft] })]));
    expect(after.drafts).toEqual({});
    expect(promptOn(after, 1, 3).points).toEqual([point]);
  });

  it('keeps a newer draft over an older prompt of the host', () => {
    const newer = { ...draft, points: [point, { ...point, x: 9 }] };
    const drafted = { ...opened, drafts: { [promptKey(1, 3)]: newer } };
    const next = withHostState(drafted, hostState(6, [object(1, { prompts: [draft] })]));
    expect(promptOn(next, 1, 3).points).toHaveLength(2);
  });

  it('an emptied draft goes when the host has no such prompt', () => {
    const emptied = { ...draft, points: [] };
    const next = withHostState({ ...opened, drafts: { [promptKey(1, 3)]: emptied } }, hostState(6, [object(1)]));
    expect(next.drafts).toEqual({});
  });

  it('forgets the selection of a deleted object, not of one the host has yet to tell', () => {
    expect(withHostState({ ...opened, selectedId: 1 }, hostState(6, [])).selectedId).toBeNull();
    expect(withHostState({ ...opened, selectedId: 2 }, hostState(6, [object(1)])).selectedId).toBe(2);
  });
});

it('commandContext says what there is', () => {
  expect(commandContext(initialWindowState)).toMatchObject({ hasSession: false, hasPrompts: false, isTracking: false });
  const state = withHostState({ ...initialWindowState, link: 'open' }, hostState(1, [object(1, { prompts: [draft], results: [[3, 3]] })]));
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
  const said = ['Undone: Add point', 'Undone: Add point', 'Redone: Add point'].map((text) => [text, 'history'] as const);
  const state = said.reduce((s, [text, about]) => withToast(s, 'info', text, about), withToast(initialWindowState, 'error', 'no'));
  expect(state.toasts.map(({ text }) => text)).toEqual(['no', 'Redone: Add point']);
});

it('withToggled puts objects in and out of the selection, and clicks always refine one of it', () => {
  const state = {
    ...withHostState(initialWindowState, hostState(1, [object(1), object(2), object(3)])),
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
