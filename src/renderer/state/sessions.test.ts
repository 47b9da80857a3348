import { describe, expect, it } from 'vitest';
import { withActive, withFreshHost, withHostState, withSession, withTabMoved, withView } from './sessions.ts';
import { testObject as object, testHost, testOperation, testSession, testSummary, windowOn } from './test-state.ts';
import { initialWindowState, promptKey, promptOn, type WindowState } from './window-state.ts';

const point = { x: 1, y: 2, label: 1 as const };
const draft = { frame: 3, points: [point], box: null, mask: null };
const key = promptKey('a', 1, 3);
const opened = windowOn([object(1)]);

describe('the state of the app', () => {
  it('drops an older one', () => {
    expect(withHostState({ ...opened, host: testHost(5) }, testHost(4))).toMatchObject({ host: { revision: 5 } });
  });

  it('with the first session, that one is shown; sessions that others open are not', () => {
    const one = withHostState(initialWindowState, testHost(1, ['a']));
    expect(one.activeId).toBe('a');
    expect(withHostState(one, testHost(2, ['a', 'b'])).activeId).toBe('a');
  });

  it.each([
    ['in the middle', ['a', 'b', 'c'], 'b', ['a', 'c'], 'c'],
    ['at the end', ['a', 'b', 'c'], 'c', ['a', 'b'], 'b'],
    ['with its neighbour', ['a', 'b', 'c'], 'b', ['a'], 'a'],
    ['the only one', ['a'], 'a', [], null],
  ])('a session that was closed %s gives way to its neighbour', (_, before, shown, after, then) => {
    const state = withActive(withHostState(initialWindowState, testHost(1, before)), shown);
    expect(withHostState(state, testHost(2, after)).activeId).toBe(then);
  });

  it('a live source gives way to its recording, also where it is in a tab behind', () => {
    const live = testSummary('live', { isLive: true });
    const clip = testSummary('clip', { replaces: 'live' });
    const state = withHostState(initialWindowState, testHost(1, ['a', live, 'b']));
    const onIt = withActive(state, 'live');
    expect(withHostState(onIt, testHost(2, ['a', clip, 'b'])).activeId).toBe('clip');
    const onOther = withHostState(withActive(onIt, 'a'), testHost(2, ['a', clip, 'b']));
    expect(onOther.activeId).toBe('a');
    expect(onOther.left.live).toBeUndefined();
  });

  it('a session that was just opened is shown before the host lists it', () => {
    const state = withActive(opened, 'new');
    expect(withHostState(state, testHost(2, ['a'])).activeId).toBe('new');
    expect(withHostState(state, testHost(3, ['a', 'new'])).activeId).toBe('new');
  });

  it('an import that this window began is shown when it is open', () => {
    const waiting: WindowState = { ...opened, awaited: ['i'] };
    const running = testOperation('i', { kind: 'import', sessionId: null });
    const fetching = withHostState(waiting, testHost(2, ['a'], { operations: [running] }));
    expect(fetching).toMatchObject({ activeId: 'a', awaited: ['i'] });
    const operations = [{ ...running, sessionId: 'b' }];
    expect(withHostState(fetching, testHost(3, ['a', 'b'], { operations }))).toMatchObject({ activeId: 'b', awaited: [] });
    // Without having been waited for, as in another window.
    expect(withHostState(opened, testHost(3, ['a', 'b'], { operations })).activeId).toBe('a');
  });

  it('an import that failed is not waited for any more', () => {
    const failed = testOperation('i', { kind: 'import', sessionId: null, state: 'failed' });
    expect(withHostState({ ...opened, awaited: ['i'] }, testHost(2, ['a'], { operations: [failed] })).awaited).toEqual([]);
  });

  it('a recording has the tab of its live source, and tabs that were moved stay where they are', () => {
    const ids = (state: WindowState): string[] => state.host?.sessions.map(({ id }) => id) ?? [];
    const live = testSummary('live', { isLive: true });
    const state = withHostState(initialWindowState, testHost(1, ['a', live, 'b']));
    const moved = withTabMoved(state, 'a', 'b');
    expect(ids(moved)).toEqual(['live', 'b', 'a']);
    const after = withHostState(moved, testHost(2, ['a', 'b', 'new', testSummary('clip', { replaces: 'live' })]));
    expect(ids(after)).toEqual(['clip', 'b', 'a', 'new']);
    expect(ids(withTabMoved(after, 'gone', 'b'))).toEqual(ids(after));
  });

  it('remembers what was closed, but neither live sources nor what became a recording', () => {
    const live = testSummary('live', { isLive: true });
    const state = withHostState(initialWindowState, testHost(1, ['a', 'b', live]));
    const after = withHostState(state, testHost(2, ['b', testSummary('clip', { replaces: 'live' })]));
    expect(after.closed.map(({ path }) => path)).toEqual(['/a.mp4']);
    expect(withHostState(after, testHost(3, [])).closed.map(({ path }) => path)).toEqual(['/a.mp4', '/b.mp4', '/clip.mp4']);
  });

  it('knows the work on what was closed, looked at or not', () => {
    const project = { path: '/projects/a', name: 'a', error: null };
    const recent = { path: '/projects/b', name: 'b', source: '/b.mp4', openedAt: '', workedAt: null, missing: false };
    const state = withSession(withHostState(initialWindowState, testHost(1, ['a'])), testSession('a', 1, [], { project }));
    const three = withHostState(state, testHost(2, ['a', 'b', 'c']));
    expect(withHostState(three, testHost(3, [], { recents: [recent] })).closed).toEqual([
      { path: '/a.mp4', project: '/projects/a' },
      { path: '/b.mp4', project: '/projects/b' },
      { path: '/c.mp4', project: null },
    ]);
  });
});

describe('the session from before', () => {
  it('is shown as soon as it is open again, whatever was open first', () => {
    const state = { ...initialWindowState, wanted: { id: 'gone', path: '/c.mp4' } };
    const first = withHostState(state, testHost(1, ['a']));
    expect(first.activeId).toBe('a');
    const later = withHostState(first, testHost(2, ['a', 'b', 'c']));
    expect(later).toMatchObject({ activeId: 'c', wanted: null });
  });

  it('is the one of the same id, when there are two clips of one path', () => {
    const state = { ...initialWindowState, wanted: { id: 'b', path: '/a.mp4' } };
    expect(withHostState(state, testHost(1, ['a', 'b', 'c'])).activeId).toBe('b');
  });

  it('without one, the newest is shown, also when they are opened one after another', () => {
    expect(withHostState(initialWindowState, testHost(1, ['a', 'b', 'c'])).activeId).toBe('c');
    const starting = withHostState({ ...initialWindowState, wanted: { id: null, path: null } }, testHost(1, ['a']));
    const later = withHostState(starting, testHost(2, ['a', 'b']));
    expect(later.activeId).toBe('b');
    expect(withHostState({ ...later, wanted: null }, testHost(3, ['a', 'b', 'c'])).activeId).toBe('b');
  });

  it('is looked for by its path on a host that was started again', () => {
    const state = withActive(withHostState(initialWindowState, testHost(9, ['a', 'b'])), 'a');
    const fresh = withFreshHost(state);
    const [first, second] = [testSummary('x', { path: '/b.mp4' }), testSummary('y', { path: '/a.mp4' })];
    const partly = withHostState(fresh, testHost(1, [first]));
    expect(withHostState(partly, testHost(2, [first, second])).activeId).toBe('y');
  });
});

describe('the state of a session', () => {
  it('of another session is dropped, and so is an older one', () => {
    expect(withSession(opened, testSession('b', 9))).toBe(opened);
    expect(withSession({ ...opened, session: testSession('a', 7) }, testSession('a', 6)).session?.revision).toBe(7);
  });

  it('begins where the user was when it was open last', () => {
    const state = withActive(withHostState(opened, testHost(2, ['a', 'b'])), 'b');
    expect(withSession(state, testSession('b', 1, [], { position: 33 }))).toMatchObject({
      playhead: 33,
      shownFrame: 33,
      isFollowing: true,
    });
  });

  it('keeps a draft until the host tells the same prompt', () => {
    const drafted = { ...opened, drafts: { [key]: draft } };
    const before = withSession(drafted, testSession('a', 6, [object(1)]));
    expect(promptOn(before, 1, 3).points).toEqual([point]);
    const after = withSession(before, testSession('a', 7, [object(1, { prompts: [draft] })]));
    expect(after.drafts).toEqual({});
    expect(promptOn(after, 1, 3).points).toEqual([point]);
  });

  it('keeps a newer draft over an older prompt of the host', () => {
    const newer = { ...draft, points: [point, { ...point, x: 9 }] };
    const next = withSession({ ...opened, drafts: { [key]: newer } }, testSession('a', 6, [object(1, { prompts: [draft] })]));
    expect(promptOn(next, 1, 3).points).toHaveLength(2);
  });

  it('an emptied draft goes when the host has no such prompt; those of other sessions stay', () => {
    const emptied = { ...draft, points: [] };
    const other = promptKey('b', 1, 3);
    const next = withSession({ ...opened, drafts: { [key]: emptied, [other]: draft } }, testSession('a', 6, [object(1)]));
    expect(next.drafts).toEqual({ [other]: draft });
  });

  it('forgets the selection of a deleted object, not of one the host has yet to tell', () => {
    expect(withSession({ ...opened, selectedId: 1 }, testSession('a', 6)).selectedId).toBeNull();
    expect(withSession({ ...opened, selectedId: 2 }, testSession('a', 6, [object(1)])).selectedId).toBe(2);
  });
});

describe('going to another tab and back', () => {
  const two = withHostState(
    { ...opened, selectedId: 1, playhead: 7, shownFrame: 7, tool: 'brush', isPlaying: true },
    testHost(2, ['a', 'b']),
  );

  it('starts afresh on what was not looked at yet, and finds the rest as it was', () => {
    const there = withActive(two, 'b');
    expect(there).toMatchObject({ session: null, selectedId: null, playhead: 0, tool: 'point', isPlaying: false });
    const back = withActive(withSession(there, testSession('b', 1)), 'a');
    expect(back).toMatchObject({ session: { id: 'a' }, selectedId: 1, playhead: 7, tool: 'brush', isPlaying: false });
    expect(withActive(back, 'b').session?.id).toBe('b');
  });

  it('an answer for a session behind changes its view, and that of one that is gone changes nothing', () => {
    const there = withActive(two, 'b');
    const told = withView(there, 'a', { selectedId: 5 });
    expect(told.selectedId).toBeNull();
    expect(withActive(told, 'a').selectedId).toBe(5);
    expect(withView(there, 'gone', { selectedId: 5 })).toBe(there);
  });

  it('closes dialogs about the session, and leaves the others', () => {
    expect(withActive({ ...two, dialog: 'export' }, 'b').dialog).toBeNull();
    expect(withActive({ ...two, dialog: 'settings' }, 'b').dialog).toBe('settings');
  });
});
