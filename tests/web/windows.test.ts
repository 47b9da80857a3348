/**
 * Several windows on one session, and windows that go and come back: all see the same, and no work depends on one of
 * them.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ScriptedHost, startScriptedHost } from './scripted-host.ts';
import { TestWindow } from './test-window.ts';

let app: ScriptedHost;
beforeEach(async () => {
  app = await startScriptedHost();
});
afterEach(() => app.close());

const point = (objectId: number, frame: number, x: number) => ({ objectId, frame, points: [{ x, y: 5, label: 1 }], box: null });
/** Resolves when a window shows what the host has. */
const settled = (window: TestWindow): Promise<void> =>
  window.until(
    () =>
      window.state?.revision === app.services.state.revision &&
      window.state.session?.revision === app.services.sessions.latestState?.revision,
  );
const work = (window: TestWindow) => window.state!.session!.objects.map(({ laneRevision: _, ...object }) => object);

it('edits of one appear in the other, and both agree after undo and redo from either side', async () => {
  const [a, b] = [await TestWindow.open(app.host.port), await TestWindow.open(app.host.port)];
  await a.call('session.open', { path: app.clip });
  await a.call('object.add', { name: 'Rabbit' });
  await a.call('prompt.set', point(1, 3, 10));
  await settled(b);
  expect(work(b)).toMatchObject([{ name: 'Rabbit', prompts: [{ frame: 3, points: [{ x: 10 }] }] }]);
  await b.call('object.update', { objectId: 1, name: 'Hare' });
  await b.call('prompt.set', point(1, 9, 20));
  await settled(a);
  const both = work(a);
  expect(both).toMatchObject([{ name: 'Hare', prompts: [{ frame: 3 }, { frame: 9 }] }]);
  // Undo is of what was done last, whoever did it.
  expect(await a.call('history.undo')).toMatchObject({ r: { label: expect.any(String) } });
  await a.call('history.undo');
  await Promise.all([settled(a), settled(b)]);
  expect(work(a)).toMatchObject([{ name: 'Rabbit', prompts: [{ frame: 3 }] }]);
  expect(work(b)).toEqual(work(a));
  await b.call('history.redo');
  await b.call('history.redo');
  await Promise.all([settled(a), settled(b)]);
  expect(work(a)).toEqual(both);
  expect(b.state).toEqual(a.state);
});

it('edits of both at the same time end in one state', async () => {
  const windows = [await TestWindow.open(app.host.port), await TestWindow.open(app.host.port)];
  await windows[0]!.call('session.open', { path: app.clip });
  for (let i = 0; i < 4; i++) await windows[i % 2]!.call('object.add');
  const calls: Promise<unknown>[] = [];
  for (let i = 0; i < 120; i++) {
    const window = windows[i % 2]!;
    const objectId = 1 + ((i * 7) % 4);
    const kind = i % 6;
    if (kind < 3) calls.push(window.call('prompt.set', point(objectId, i, i)));
    else if (kind === 3) calls.push(window.call('object.update', { objectId, name: `name ${i}` }));
    else calls.push(window.call(kind === 4 ? 'history.undo' : 'history.redo'));
  }
  await Promise.all(calls);
  await Promise.all(windows.map(settled));
  expect(windows[1]!.state).toEqual(windows[0]!.state);
  const { state, sessions } = app.services;
  expect(JSON.parse(JSON.stringify({ ...state, session: sessions.latestState }))).toEqual(windows[0]!.state);
});

it('a window that is cut off takes nothing with it: the run goes on, and the next one sees all of it', async () => {
  const window = await TestWindow.open(app.host.port);
  await window.call('session.open', { path: app.clip });
  await window.call('object.add', { name: 'Rabbit' });
  await window.call('prompt.set', point(1, 0, 10));
  const started = await window.call('track.start', { direction: 'forward', to: 400 });
  await window.until(() => (window.state?.operations.at(-1)?.done ?? 0) > 5);
  window.socket.terminate();
  const { operationId } = (started as { r: { operationId: string } }).r;
  expect((await app.services.operations.ended(operationId)).state).toBe('done');
  const next = await TestWindow.open(app.host.port);
  await settled(next);
  expect(work(next)).toMatchObject([{ name: 'Rabbit', prompts: [{ frame: 0 }], results: [[0, 400]] }]);
  expect(await next.call('history.undo')).toMatchObject({ t: 'res' });
  await settled(next);
  expect(work(next)[0]!.prompts).toEqual([]);
});

it.each([
  ['deleted while it alone is tracked', { objectIds: [1] }, 'object.remove', { objectId: 1 }],
  ['deleted while all are tracked and it is the only one', {}, 'object.remove', { objectId: 1 }],
  ['left without a prompt while it is tracked', {}, 'prompt.clear', { objectId: 1, frame: 0 }],
])('an object that is %s ends the run, and nobody is told of a failure', async (_, which, method, input) => {
  const window = await TestWindow.open(app.host.port);
  await window.call('session.open', { path: app.clip });
  await window.call('object.add', { name: 'Rabbit' });
  await window.call('prompt.set', point(1, 0, 10));
  app.holdAt(20);
  const started = await window.call('track.start', { direction: 'forward', ...which });
  await window.until(() => (window.state?.operations.at(-1)?.done ?? 0) > 5);
  const edited = window.call(method, input);
  app.goOn();
  expect(await edited).toMatchObject({ t: 'res' });
  const { operationId } = (started as { r: { operationId: string } }).r;
  expect(await app.services.operations.ended(operationId)).toMatchObject({ state: 'done', error: null });
  expect(app.services.state.notices).toEqual([]);
});

it('says what is in the way where every object that was prompted is protected', async () => {
  const window = await TestWindow.open(app.host.port);
  await window.call('session.open', { path: app.clip });
  for (let i = 0; i < 2; i++) await window.call('object.add');
  await window.call('prompt.set', point(1, 0, 10));
  await window.call('object.update', { objectId: 1, locked: true });
  const started = (await window.call('track.start', { direction: 'forward' })) as { r: { operationId: string } };
  expect((await app.services.operations.ended(started.r.operationId)).error).toMatchObject({ code: 'object-locked' });
});

it('whoever closes a clip while it is tracked is told that this ended the run; another clip leaves it alone', async () => {
  const window = await TestWindow.open(app.host.port);
  await window.call('session.open', { path: app.clip });
  const { sessionId } = window;
  await window.call('object.add');
  await window.call('prompt.set', point(1, 0, 10));
  app.holdAt(20);
  await window.call('track.start', { direction: 'forward' });
  await window.until(() => (window.state?.operations.at(-1)?.done ?? 0) > 5);
  await window.call('session.openSample');
  expect(window.state!.operations.at(-1)!.state).toBe('running');
  const closed = window.call('session.close', { sessionId });
  app.goOn();
  await closed;
  await settled(window);
  expect(window.state!.sessions).toHaveLength(1);
  expect(window.state!.notices.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^Tracking stopped because .* Finished masks are kept/),
  ]);
});

it('whoever opens a clip again that has been worked on goes on with that work, or begins anew', async () => {
  const keeping = await startScriptedHost(() => ({ keepsProjects: true }));
  try {
    const window = await TestWindow.open(keeping.host.port);
    await window.call('session.open', { path: keeping.clip });
    await window.call('session.close');
    await window.call('session.open', { path: keeping.clip });
    // Nothing was made in it.
    expect(keeping.services.state.notices).toEqual([]);
    await window.call('object.add');
    await window.call('session.close');
    await window.call('session.open', { path: keeping.clip });
    expect(keeping.services.state.notices.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Your earlier work on this clip is open/),
    ]);
    expect(keeping.services.sessions.latestState!.objects).toHaveLength(1);
    await window.call('session.close');
    await window.call('session.open', { path: keeping.clip, isNew: true });
    expect(keeping.services.sessions.latestState!.objects).toEqual([]);
    expect(keeping.services.state.notices.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^clip has an earlier project\. .*Open recent/),
    ]);
  } finally {
    await keeping.close();
  }
});
